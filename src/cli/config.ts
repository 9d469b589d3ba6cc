// firedrill.config.yaml: where drills and reports are, and what plugins bring. All of it has a default.
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DrillError } from '../core/error.ts';

/** Reporters that are built in. */
export const REPORTERS: readonly string[] = ['console', 'json', 'markdown', 'junit'];

export const configSchema = z.strictObject({
  drills: z.string().default('drills').describe('folder of the *.drill.yaml files'),
  reports: z.string().default('reports').describe('folder that results are written to'),
  runtime: z.string().default('local').describe('where the cluster lives when --runtime does not say'),
  plugins: z.array(z.string()).default([]).describe('modules with kinds of your own'),
  reporters: z
    .array(z.string())
    .default([...REPORTERS])
    .describe('who tells of the results'),
});

export interface Config extends z.output<typeof configSchema> {
  /** The folder that its paths count from. */
  readonly root: string;
  /** Undefined = none was found, and everything is at its default. */
  readonly file: string | undefined;
}

export const CONFIG_FILE = 'firedrill.config.yaml';

/** From `--config`, or the nearest firedrill.config.yaml upwards, or defaults in the working directory. */
export async function loadConfig(explicit: string | undefined, cwd: string): Promise<Config> {
  const found =
    explicit === undefined
      ? await findUpwards(cwd)
      : { file: resolve(cwd, explicit), text: await readText(resolve(cwd, explicit)) };
  if (found === undefined) return { ...configSchema.parse({}), root: cwd, file: undefined };
  const result = configSchema.safeParse(parseYaml(found.file, found.text) ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new DrillError('DRILL_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`, {
      at: found.file,
      hint: 'firedrill init writes a config to start from.',
    });
  }
  return { ...result.data, root: dirname(found.file), file: found.file };
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

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new DrillError('DRILL_INVALID', (error as Error).message, { at: file });
  }
}
