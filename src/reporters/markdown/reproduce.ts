import type { Report } from '../../core/report.ts';

/** The command that runs the same again: same drill, same seed, same place, and what was laid over the drill. */
export function reproduce({ drill, runtime, target, seed, sabotage, overrides }: Report): string {
  const where = target === undefined ? '' : ` --target ${quote(target)}`;
  const how = sabotage === undefined ? '' : ' --selftest';
  const over = [
    ...overrides.param.map((pair) => ` --param ${quote(pair)}`),
    ...overrides.set.map((pair) => ` --set ${quote(pair)}`),
  ].join('');
  return `firedrill run ${quote(drill.name)} --runtime ${quote(runtime)}${where} --seed ${seed}${over}${how}`;
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
