import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../core/error.ts';

/**
 * Puts a tool's seed (`Program.seed`) into a node's empty data directory. In `*.properties` each `{name}` becomes what
 * `values` has for it. Throws INTERNAL where it has nothing: a node must not start with somebody else's identity.
 */
export async function plantSeed(seed: string, data: string, values: Readonly<Record<string, string>>): Promise<void> {
  for (const name of await readdir(seed)) {
    const [from, to] = [join(seed, name), join(data, name)];
    if (name.endsWith('.properties')) await writeFile(to, fill(await readFile(from, 'utf8'), values, from));
    else await copyFile(from, to);
  }
}

function fill(text: string, values: Readonly<Record<string, string>>, at: string): string {
  return text.replace(/\{([\w.]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new DrillError('INTERNAL', `nothing was said for {${name}}`, { at });
    return value;
  });
}
