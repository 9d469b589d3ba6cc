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
import { collectProblems, inOrder, type Problems, throwIfInvalid } from './problems.ts';
import { checkOverrides, type LoadedDrill } from './self-test.ts';
import type { Dict } from './tree.ts';

export { applyOverride, type LoadedDrill } from './self-test.ts';

export interface LoadOptions {
  readonly registry: Registry;
  /** Over the drill's own `params`: name → value as text. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where each of those came from, for findings. Default: `--param`. */
  readonly paramsFrom?: Readonly<Record<string, string>>;
  /** `path=value`, over anything in the drill. */
  readonly set?: readonly string[];
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
  const source = withOptions(resolveFragments(tree, file, reading), options, problems);
  const drill = compileDrill(source, originOf(source, file, { texts, options }), {
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

function isChanged({ params = {}, set = [] }: LoadOptions): boolean {
  return set.length > 0 || Object.keys(params).length > 0;
}

function withOptions(tree: Dict, { params = {}, set = [] }: LoadOptions, problems: Problems): Dict {
  return applySets(overrideParams(tree, params, problems), set, problems);
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
