// A folder with a config and target files in it, for commands that are called in this process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { type CommandResult, firedrill } from '../command-line.ts';

export interface TargetFolder extends Disposable {
  readonly dir: string;
  /** `firedrill <argv>` with the folder's config. */
  call(...argv: readonly string[]): Promise<CommandResult>;
  /** The same, with what it printed as JSON. */
  json(...argv: readonly string[]): Promise<{ readonly code: number; readonly value: unknown }>;
}

/** Targets by name. The drills are those that ship. */
export function makeTargetFolder(targets: Readonly<Record<string, object>>): TargetFolder {
  const dir = mkdtempSync(join(temporaryDirectory(), 'firedrill-targets-'));
  const config = join(dir, 'firedrill.config.yaml');
  writeFileSync(config, `drills: ${resolve('drills')}\n`);
  mkdirSync(join(dir, 'targets'));
  for (const [name, target] of Object.entries(targets))
    writeFileSync(join(dir, 'targets', `${name}.target.yaml`), JSON.stringify(target));
  const call = (...argv: readonly string[]): Promise<CommandResult> =>
    firedrill([...argv, '--config', config], { env: { ...process.env, npm_lifecycle_event: undefined } });
  return {
    dir,
    call,
    json: async (...argv) => {
      const { code, stdout, stderr } = await call(...argv, '--json');
      if (stdout === '') throw new Error(`exit ${code}: ${stderr}`);
      return { code, value: JSON.parse(stdout) as unknown };
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}
