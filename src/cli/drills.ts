// Which drills are meant: by file, by name or by tag.
import { glob } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { DrillError } from '../core/error.ts';
import { closest } from '../drill/suggest.ts';

const SUFFIX = '.drill.yaml';

export interface DrillFile {
  readonly name: string;
  /** Relative to the working directory where it lies below it. */
  readonly file: string;
}

/** Every drill below the folder, by name. */
export async function listDrillFiles(folder: string, cwd: string): Promise<readonly DrillFile[]> {
  const found: DrillFile[] = [];
  for await (const path of glob(`**/*${SUFFIX}`, { cwd: folder })) {
    found.push({ name: basename(path, SUFFIX), file: shorten(join(folder, path), cwd) });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** The drills that are named, by name or by path. Throws USAGE for one that is not there, with the nearest that is. */
export async function chooseDrillFiles(
  names: readonly string[],
  folder: string,
  cwd: string,
): Promise<readonly DrillFile[]> {
  const all = await listDrillFiles(folder, cwd);
  return names.map((name) => {
    const byName = all.find((drill) => drill.name === name);
    if (byName !== undefined) return byName;
    if (name.endsWith('.yaml'))
      return { name: basename(name).replace(SUFFIX, ''), file: shorten(resolve(cwd, name), cwd) };
    const guess = closest(
      name,
      all.map((drill) => drill.name),
    );
    throw new DrillError('USAGE', `there is no drill "${name}" in ${shorten(folder, cwd)}`, {
      hint: guess === undefined ? 'firedrill list shows those that there are.' : `Did you mean ${guess}?`,
    });
  });
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
