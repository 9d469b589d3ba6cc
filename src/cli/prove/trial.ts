// One attempt to make a drill fail, and what it has to show.
import type { Drill } from '../../core/drill.ts';
import type { Registry } from '../../core/kinds.ts';
import type { NamedFinding, Report } from '../../core/report.ts';
import type { Entry } from '../invocation.ts';

export interface Trial {
  /** The drill as it is, without the sabotage. */
  readonly drill: Drill;
  readonly name: string;
  readonly entry: Entry;
  /** Runs the drill as it is: where that does not pass, no sabotage of it can prove anything. */
  readonly asIs: boolean;
  /** False: it is only there to see that the drill passes. */
  readonly sabotages: boolean;
  judge(report: Report): Shown | Promise<Shown>;
}

/** `missed`: a defect of the drill. `untried`: it could not be told whether it is one. */
export interface Shown {
  readonly result: 'caught' | 'missed' | 'untried';
  /** What was seen, in words. */
  readonly because: string;
  /** Assertions that were shown to be able to fail. */
  readonly proved: readonly string[];
}

/** What a run of the drill as it is says of its sabotages, when it did not pass. */
export function notProvable(report: Report): Shown {
  const result = report.verdict === 'failed' ? 'missed' : 'untried';
  const failed = report.assertions.filter(({ verdict }) => verdict !== 'passed');
  const why = [...failed.map((finding) => findingWords(finding.name, finding)), ...problemWords(report)].join('; ');
  const because = `without any sabotage it is ${report.verdict}, so that its sabotages would prove nothing: ${why}`;
  return { result, because, proved: [] };
}

export interface Proving {
  readonly registry: Registry;
  readonly reportsDir: string;
}

/** Each assertion that is named must be failed: inconclusive is not enough. */
export function mustFail(names: readonly string[], report: Report): Shown {
  const found = names.map((name) => ({ name, finding: report.assertions.find((one) => one.name === name) }));
  const missed = found.filter(({ finding }) => finding?.verdict !== 'failed');
  const proved = found.filter(({ finding }) => finding?.verdict === 'failed').map(({ name }) => name);
  const told = (missed.length === 0 ? found : missed).map(({ name, finding }) => findingWords(name, finding));
  const problems = missed.length === 0 ? [] : problemWords(report);
  return { result: missed.length === 0 ? 'caught' : 'missed', because: [...told, ...problems].join('; '), proved };
}

function findingWords(name: string, finding: NamedFinding | undefined): string {
  if (finding === undefined) return `${name} was not judged`;
  const why = finding.verdict === 'inconclusive' && finding.because !== '' ? `: ${finding.because}` : '';
  return `${name} ${finding.verdict} (${finding.actual}${why})`;
}

export function problemWords({ problems }: Report): readonly string[] {
  return problems.map(({ code, message, at }) => `${code}: ${at === undefined ? '' : `${at}: `}${message}`);
}
