// firedrill.config.yaml: where drills and reports are, and what plugins bring. All of it has a default.
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Position } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import { formatPosition } from '../drill/problems.ts';

/** Reporters that are built in. */
export const REPORTERS: readonly string[] = ['console', 'json', 'markdown', 'junit', 'history'];

/** Not a runtime: the one that can be had. */
export const AUTO = 'auto';

export const configSchema = z.strictObject({
  drills: z.string().default('drills').describe('folder of the *.drill.yaml files'),
  targets: z.string().default('targets').describe('folder of the *.target.yaml files: clusters of your own'),
  reports: z.string().default('reports').describe('folder that results are written to'),
  runtime: z
    .string()
    .default(AUTO)
    .describe('where the cluster lives when --runtime does not say; auto: docker where it can be had, else local'),
  plugins: z.array(z.string()).default([]).describe('modules with kinds of your own'),
  reporters: z
    .array(z.string())
    .default([...REPORTERS])
    .describe('who tells of the results'),
  quarantine: z
    .array(
      z.strictObject({
        drill: z.string().describe('its name'),
        owner: z.string().min(1).describe('who has to do something about it'),
        reason: z.string().min(1).describe('what is known of it'),
        expires: z.iso.date().describe('from this day (UTC) on it counts again: 2026-12-01'),
      }),
    )
    .default([])
    .describe('drills that may fail for a while: drill, owner, reason and expires (a day) of each'),
});

export interface Config extends z.output<typeof configSchema> {
  /** The folder that its paths count from. */
  readonly root: string;
  /** Undefined = none was found, and everything is at its default. */
  readonly file: string | undefined;
  /** Where in the file a value stands; of one that is not there, where the nearest one around it stands. */
  at(path: readonly PropertyKey[]): Position;
}

export const CONFIG_FILE = 'firedrill.config.yaml';

/** From `--config`, or the nearest firedrill.config.yaml upwards, or defaults in the working directory. */
export async function loadConfig(explicit: string | undefined, cwd: string): Promise<Config> {
  const found =
    explicit === undefined
      ? await findUpwards(cwd)
      : { file: resolve(cwd, explicit), text: await readText(resolve(cwd, explicit)) };
  if (found === undefined) {
    const at = (): Position => ({ file: CONFIG_FILE, line: 1, col: 1 });
    return { ...configSchema.parse({}), root: cwd, file: undefined, at };
  }
  const { value, at } = parseYaml(found.file, found.text);
  const result = configSchema.safeParse(value ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new DrillError('DRILL_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`, {
      at: formatPosition(at(issue?.path ?? [])),
      hint: 'firedrill init writes a config to start from.',
    });
  }
  return { ...result.data, root: dirname(found.file), file: found.file, at };
}

async function findUpwards(from: string): Promise<{ file: string; text: string } | undefined> {
  for (let dir = from; ; dir = dirname(dir)) {
    const file = join(dir, CONFIG_FILE);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return { file, text };
    if (dirname(dir) === dir) return undefined;
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new DrillError('USAGE', `cannot read the config: ${error.message}`, { at: file });
  });
}

function parseYaml(file: string, text: string): { readonly value: unknown } & Pick<Config, 'at'> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), col: Math.max(1, col) };
  };
  const [error] = document.errors;
  if (error !== undefined)
    throw new DrillError('DRILL_INVALID', error.message, { at: formatPosition(place(error.pos[0])) });
  const at: Config['at'] = (path) => {
    const node: unknown = document.getIn(path, true);
    if (isNode(node) && node.range != null) return place(node.range[0]);
    return path.length === 0 ? place(0) : at(path.slice(0, -1));
  };
  return { value: document.toJS() as unknown, at };
}
