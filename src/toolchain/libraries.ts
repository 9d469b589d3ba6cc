import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { runStep } from './command.ts';
import type { ToolContext } from './recipe.ts';

export interface CollectOptions {
  readonly programs: readonly string[];
  /** The unpacked packages. */
  readonly root: string;
  /** Where the libraries are put. */
  readonly into: string;
}

/**
 * Copies the shared libraries that the programs need, that are under `root`, and that this system does not have, by
 * the names that the programs ask for. Throws a DrillError that names those which are neither here nor there.
 */
export async function collectLibraries(cx: ToolContext, options: CollectOptions): Promise<void> {
  const { programs, root, into } = options;
  await mkdir(into, { recursive: true });
  const env = { ...cx.env, LC_ALL: 'C', LD_LIBRARY_PATH: (await libraryDirectories(root)).join(':') };
  for (const program of programs) {
    const text = await runStep(['ldd', program], { step: `ldd ${basename(program)}`, env, signal: cx.signal });
    const { resolved, missing } = parseLdd(text);
    if (missing.length > 0) {
      throw new DrillError('TOOL_BROKEN', `${basename(program)} needs ${missing.join(', ')}, which no package brought`);
    }
    for (const [name, path] of resolved) if (path.startsWith(`${root}/`)) await copyFile(path, join(into, name));
  }
}

/** `libjemalloc.so.2 => /path/libjemalloc.so.2 (0x…)` or `… => not found`. */
export function parseLdd(text: string): {
  readonly resolved: ReadonlyArray<readonly [name: string, path: string]>;
  readonly missing: readonly string[];
} {
  return {
    resolved: [...text.matchAll(/^\s*(\S+) => (\/.*) \(0x/gm)].map(([, name = '', path = '']) => [name, path] as const),
    missing: [...text.matchAll(/^\s*(\S+) => not found/gm)].map(([, name = '']) => name),
  };
}

async function libraryDirectories(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const libraries = entries.filter((entry) => /\.so(\.|$)/.test(entry.name));
  return [...new Set(libraries.map((entry) => entry.parentPath))].sort();
}
