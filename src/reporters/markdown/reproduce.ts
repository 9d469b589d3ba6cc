import type { Report } from '../../core/report.ts';

/** The command that runs the same again: same drill, same seed, same place, and what was laid over the drill. */
export function reproduce(report: Report): string {
  const { drill, runtime, target, seed, sabotage, overrides } = report;
  if (report.watched !== undefined) return watchAgain(report);
  const where = target === undefined ? '' : ` --target ${quote(target)}`;
  const how = sabotage === undefined ? '' : ' --selftest';
  const over = [
    ...overrides.param.map((pair) => ` --param ${quote(pair)}`),
    ...overrides.set.map((pair) => ` --set ${quote(pair)}`),
  ].join('');
  return `firedrill run ${quote(drill.name)} --runtime ${quote(runtime)}${where} --seed ${seed}${over}${how}`;
}

function watchAgain({ drill, runtime, target, watched }: Report): string {
  const what = target === undefined ? ` ${quote(drill.name.replace(/^watch-/, ''))} --runtime ${quote(runtime)}` : '';
  const where = target === undefined ? '' : ` --target ${quote(target)}`;
  return `firedrill watch${what}${where}${watched?.writes === false ? ' --no-writes' : ''}`;
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
