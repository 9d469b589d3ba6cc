// `params` and what refers to them: `$rto` stands for a whole value, with its type; `$$` is a plain dollar sign.
import type { ParamValue } from '../core/drill.ts';
import { parseYaml } from './document.ts';
import { setAt } from './merge.ts';
import { collectProblems, commandLine, type Problems } from './problems.ts';
import { closest, suggest } from './suggest.ts';
import { child, type Dict, descend, type Leaf, leaves, type Tree, toJson, withoutEntries } from './tree.ts';

const reference = /^\$([A-Za-z][\w-]*)$/;
const braced = /^\$\{\s*([A-Za-z][\w-]*)\s*\}$/;

/** Sections that are not read for their values here: a self-test's override is, once it is applied. */
const untouched = ['params', 'selfTest'];

/** `--param rto=5s` over the drill's own: a string stays one, anything else is read as YAML. `from`: a file that says it instead. */
export function overrideParams(
  tree: Dict,
  params: Readonly<Record<string, string>>,
  problems: Problems,
  from?: string,
): Dict {
  return Object.entries(params).reduce((document, [name, text]) => {
    const at = commandLine(from ?? `--param ${name}=${text}`);
    const old = descend(document, ['params', name]);
    if (old === undefined) {
      const known = child(document, 'params');
      problems.error(
        at,
        `the drill has no param "${name}"`,
        suggest(name, known?.type === 'map' ? known.entries.keys() : []),
      );
      return document;
    }
    const isText = old.type === 'scalar' && typeof old.value === 'string';
    const value: Tree = isText ? { type: 'scalar', at, value: text } : parseValue(text, at.file, problems);
    const changed = setAt(document, ['params', name], value);
    return 'missing' in changed || changed.type !== 'map' ? document : changed;
  }, tree);
}

/** `--set path=value` over anything in the drill. A path is keys and names with dots between; quote a part that has dots. */
export function applySets(tree: Dict, sets: readonly string[], problems: Problems): Dict {
  return sets.reduce((document, set) => {
    const at = commandLine(`--set ${set}`);
    const { path, text } = splitSet(set);
    if (path.length === 0 || text === undefined) {
      problems.error(at, 'expected path=value, such as timing.warmUp=2s or workloads.writes.with.rate=10/s');
      return document;
    }
    const changed = setAt(document, path, parseValue(text, at.file, problems));
    if ('missing' in changed) problems.error(at, `there is no "${changed.missing}" at this path`);
    return 'missing' in changed || changed.type !== 'map' ? document : changed;
  }, tree);
}

function splitSet(set: string): { path: string[]; text: string | undefined } {
  const match = /^((?:"[^"]*"|'[^']*'|[^"'=])+)=([\s\S]*)$/.exec(set);
  const parts = match?.[1]?.match(/"[^"]*"|'[^']*'|[^.]+/g) ?? [];
  return { path: parts.map((part) => part.replace(/^(["'])(.*)\1$/, '$2')), text: match?.[2] };
}

/** A YAML value from the command line; its mistakes are told of the option, because it has no lines. */
function parseValue(text: string, option: string, problems: Problems): Tree {
  const at = commandLine(option);
  const own = collectProblems();
  const tree = parseYaml(`v: ${text}`, option, own);
  for (const { message } of own.errors) problems.error(at, message);
  return everywhereAt(child(tree, 'v') ?? { type: 'scalar', at, value: null }, option);
}

function everywhereAt(tree: Tree, option: string): Tree {
  const at = commandLine(option);
  if (tree.type === 'scalar') return { ...tree, at };
  if (tree.type === 'list') return { ...tree, at, items: tree.items.map((item) => everywhereAt(item, option)) };
  const entries = [...tree.entries].map(
    ([key, { value }]) => [key, { keyAt: at, value: everywhereAt(value, option) }] as const,
  );
  return { ...tree, at, entries: new Map(entries) };
}

/** What each parameter is worth, and where that was said. */
export function paramValues(tree: Dict, from: (name: string, value: Tree) => string): Record<string, ParamValue> {
  const params = child(tree, 'params');
  if (params?.type !== 'map') return {};
  return Object.fromEntries(
    [...params.entries].map(([name, { value }]) => [name, { value: toJson(value), from: from(name, value) }]),
  );
}

/** The document with every `$name` replaced. Mistakes stand where the reference does. */
export function substitute(tree: Dict, problems: Problems): Dict {
  const params = child(tree, 'params');
  const known = new Map(params?.type === 'map' ? [...params.entries].map(([name, { value }]) => [name, value]) : []);
  checkParams(tree, known, problems);
  const entries = [...tree.entries].map(([key, entry]) => {
    const value = untouched.includes(key) ? entry.value : replace(entry.value, known, problems);
    return [key, { ...entry, value }] as const;
  });
  return { ...tree, entries: new Map(entries) };
}

function replace(tree: Tree, params: ReadonlyMap<string, Tree>, problems: Problems): Tree {
  switch (tree.type) {
    case 'scalar':
      return typeof tree.value === 'string' ? replaceText(tree, tree.value, { params, problems }) : tree;
    case 'list':
      return { ...tree, items: tree.items.map((item) => replace(item, params, problems)) };
    case 'map': {
      const entries = [...tree.entries].map(([key, entry]) => {
        return [key, { ...entry, value: replace(entry.value, params, problems) }] as const;
      });
      return { ...tree, entries: new Map(entries) };
    }
  }
}

interface Known {
  readonly params: ReadonlyMap<string, Tree>;
  readonly problems: Problems;
}

function replaceText(leaf: Leaf, text: string, { params, problems }: Known): Tree {
  if (text.startsWith('$$')) return { ...leaf, value: text.slice(1) };
  const name = reference.exec(text)?.[1];
  const inBraces = braced.exec(text)?.[1];
  if (inBraces !== undefined) {
    problems.error(leaf.at, `a param is written $${inBraces}, without braces`);
    return { ...leaf, unresolved: true };
  }
  if (name === undefined) {
    if (text.includes('$')) warnOfEmbedded(leaf, text, { params, problems });
    return leaf;
  }
  const value = params.get(name);
  if (value !== undefined)
    return value.type === 'scalar' ? { ...value, at: leaf.at, param: sourceOf(name, value) } : value;
  const near = closest(name, params.keys());
  const hint = near === undefined ? `write $$${name} for a plain dollar sign` : `did you mean "${near}"?`;
  problems.error(leaf.at, `there is no param "${name}"`, hint);
  return { ...leaf, unresolved: true };
}

/** `rto`, or `rto (--param rto=5)` where the drill's own text would say another value. */
function sourceOf(name: string, { at }: Leaf): string {
  return at.file.startsWith('--') || at.file.endsWith('.target.yaml') ? `${name} (${at.file})` : name;
}

function warnOfEmbedded(leaf: Leaf, text: string, { params, problems }: Known): void {
  const names = [...text.matchAll(/\$([A-Za-z][\w-]*)/g)].map((match) => match[1] ?? '');
  const known = names.find((name) => params.has(name));
  if (known === undefined) return;
  problems.warn(leaf.at, `$${known} stands inside a text and is not replaced: only a whole value is`);
}

function checkParams(tree: Dict, params: ReadonlyMap<string, Tree>, problems: Problems): void {
  const section = child(tree, 'params');
  const used = usedIn(tree);
  for (const [name, value] of params) {
    const at = section?.type === 'map' ? (section.entries.get(name)?.keyAt ?? value.at) : value.at;
    if (!reference.test(`$${name}`))
      problems.error(at, `"${name}" cannot be referred to: a param is letters, digits, - and _`);
    const inner = [...leaves(value)].find(({ leaf }) => typeof leaf.value === 'string' && reference.test(leaf.value));
    if (inner !== undefined) problems.error(inner.leaf.at, 'a param cannot refer to another one');
    if (!used.has(name)) problems.warn(at, `the param "${name}" is not used`, `write $${name} where it belongs`);
  }
}

/** Self-tests count: a parameter may be there for one of them. */
function usedIn(tree: Dict): ReadonlySet<string> {
  const used = [...leaves(withoutEntries(tree, ['params']))].map(({ leaf }) => reference.exec(String(leaf.value))?.[1]);
  return new Set(used.filter((name) => name !== undefined));
}
