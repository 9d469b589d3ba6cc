import type { Report } from '../../core/report.ts';

/** The command that runs the same again: same drill, same seed, same place. `--param` and `--set` are not in a report. */
export function reproduce({ drill, runtime, target, seed, sabotage }: Report): string {
  const where = target === undefined ? '' : ` --target ${quote(target)}`;
  const how = sabotage === undefined ? '' : ' --selftest';
  return `firedrill run ${quote(drill.name)} --runtime ${quote(runtime)}${where} --seed ${seed}${how}`;
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
