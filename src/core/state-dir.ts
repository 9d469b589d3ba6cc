import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where what must outlive a process is kept: handles, undo records, leases. `$XDG_STATE_HOME/firedrill`, else
 * `~/.local/state/firedrill`. Not in `reports/`, which people delete. It may not exist yet.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env['XDG_STATE_HOME'];
  return base ? join(resolve(base), 'firedrill') : join(env['HOME'] || homedir(), '.local', 'state', 'firedrill');
}
