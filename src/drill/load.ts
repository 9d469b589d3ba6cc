// A drill file → a Drill, or one error with all of its mistakes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DrillError } from '../core/error.ts';
import type { Registry } from '../core/kinds.ts';
import { compileDrill } from './compile.ts';
import { parseYaml } from './document.ts';
import { type FragmentReader, resolveFragments } from './fragments.ts';
import { applySets, overrideParams, paramValues } from './params.ts';
import { withPrefix } from './prefix.ts';
import { collectProblems, inOrder, type Problems, throwIfInvalid } from './problems.ts';
import { checkOverrides, type LoadedDrill } from './self-test.ts';
import { takeSettings } from './settings-from.ts';
import { child, type Dict } from './tree.ts';

export { applyOverride, type LoadedDrill } from './self-test.ts';

export interface LoadOptions {
  readonly registry: Registry;
  /** Over the drill's own `params`: name → value as text. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where each of those came from, for findings. Default: `--param`. */
  readonly paramsFrom?: Readonly<Record<string, string>>;
  /** `path=value`, over anything in the drill. */
  readonly set?: readonly string[];
  /** The cluster of somebody else's that it is for. */
  readonly target?: DrillTarget;
}

/** What a target says to every drill. */
export interface DrillTarget {
  /** Where it was said, for findings. */
  readonly file: string;
  /** Over the params of those drills that have them. */
  readonly params: Readonly<Record<string, string>>;
  /** Before the names of topics and groups that a drill makes. */
  readonly prefix: string;
}

export interface ParseOptions extends LoadOptions {
  readonly fragments?: FragmentReader;
}

/** Reads and checks a drill file. Throws DRILL_INVALID with every mistake of the file, each at its place. */
export async function loadDrill(file: string, options: LoadOptions): Promise<LoadedDrill> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrillError('DRILL_INVALID', `the drill cannot be read: ${why}`, { at: file, cause });
  });
  return parseDrill(text, file, { fragments: fromDisk, ...options });
}

const fromDisk: FragmentReader = {
  read(file) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  },
  siblings(file) {
    try {
      return readdirSync(dirname(file));
    } catch {
      return [];
    }
  },
};
const none: FragmentReader = { read: () => undefined, siblings: () => [] };

/** The same for a text; nothing is read but fragments, by the reader that is given. */
export function parseDrill(text: string, file: string, options: ParseOptions): LoadedDrill {
  const problems = collectProblems();
  const texts = [text];
  const tree = parseYaml(text, file, problems);
  throwIfInvalid(problems);
  if (tree?.type !== 'map') throw new DrillError('INTERNAL', 'a document without mistakes must be a map', { at: file });
  const reading = { reader: options.fragments ?? none, problems, chain: [], texts };
  const said = withOptions(resolveFragments(tree, file, reading), options, problems);
  const taking = { file, reader: reading.reader, registry: options.registry, problems, texts };
  const { tree: source, settingsFrom } = takeSettings(said, taking);
  const origin = { ...originOf(source, file, { texts, options }), settingsFrom };
  const drill = compileDrill(source, origin, {
    registry: options.registry,
    problems,
  });
  throwIfInvalid(problems);
  if (drill === undefined) throw new DrillError('INTERNAL', 'a drill without mistakes must load', { at: file });
  const loaded: LoadedDrill = { drill, warnings: inOrder(problems.warnings), source };
  // Self-tests are of the drill as it is written: what the command line says may be what one of them does.
  if (!isChanged(options)) checkOverrides(loaded, options.registry, problems);
  throwIfInvalid(problems);
  return loaded;
}

function isChanged({ params = {}, set = [], target }: LoadOptions): boolean {
  return target !== undefined || set.length > 0 || Object.keys(params).length > 0;
}

function withOptions(tree: Dict, options: LoadOptions, problems: Problems): Dict {
  const { params = {}, set = [], target, registry } = options;
  const targeted = target === undefined ? tree : overrideParams(tree, known(tree, target), problems, target.file);
  const changed = applySets(overrideParams(targeted, params, problems), set, problems);
  return target === undefined ? changed : withPrefix(changed, target.prefix, registry);
}

/** A target speaks to all drills: what one of them has no param for is not meant for it. */
function known(tree: Dict, { params }: DrillTarget): Readonly<Record<string, string>> {
  const own = child(tree, 'params');
  return Object.fromEntries(Object.entries(params).filter(([name]) => child(own, name) !== undefined));
}

function originOf(source: Dict, file: string, { texts, options }: { texts: readonly string[]; options: LoadOptions }) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  const from = (name: string, at: { file: string }): string => {
    if (at.file.startsWith('--param')) return options.paramsFrom?.[name] ?? '--param';
    if (at.file.startsWith('--set')) return '--set';
    return at.file === file ? 'drill' : at.file;
  };
  return {
    name: basename(file).replace(/(\.drill)?\.ya?ml$/, ''),
    file,
    sha256: hash.digest('hex'),
    params: paramValues(source, (name, value) => from(name, value.at)),
  };
}
