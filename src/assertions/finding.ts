// What findings have in common: the ways to say that nothing could be told.
import type { JsonObject } from '../core/json.ts';
import type { Finding } from '../core/report.ts';
import { type Verdict, worst } from '../core/verdict.ts';

export interface Draft {
  readonly expected: string;
  readonly actual: string;
  readonly because?: string;
  readonly data?: JsonObject;
}

export function finding(verdict: Verdict, { expected, actual, because = '', data = {} }: Draft): Finding {
  return { verdict, expected, actual, because, data };
}

/** There was too little to judge on. */
export function noData(expected: string, because: string): Finding {
  return finding('inconclusive', { expected, actual: 'no data', because });
}

/** Of several units of a workload: the first of those with the worst verdict. */
export function worstOf(findings: readonly Finding[], expected: string): Finding {
  const verdict = worst(findings.map((each) => each.verdict));
  return findings.find((each) => each.verdict === verdict) ?? noData(expected, 'no workload is named');
}

/**
 * One finding over several workloads: as bad as the worst of them, and each is named with what was seen of it, the worst
 * first. `data` is the worst one's, with `each` beside it.
 */
export function eachOf(names: readonly string[], expected: string, of: (name: string) => Finding): Finding {
  const found = names.map((name) => ({ name, ...of(name) })).sort((a, b) => rank(b) - rank(a) || sizeOf(b) - sizeOf(a));
  const [first] = found;
  if (first === undefined) return noData(expected, 'no workload is named');
  const { name: _, ...worstFinding } = first;
  if (found.length === 1) return worstFinding;
  const because = found.filter(({ verdict }) => verdict === first.verdict).map((one) => one.because);
  return {
    ...worstFinding,
    actual: found.map(({ name, actual }) => `${name}: ${actual}`).join('; '),
    because: [...new Set(because)].filter((text) => text !== '').join('; '),
    data: { ...worstFinding.data, each: found.map(({ name, verdict, data }) => ({ workload: name, verdict, data })) },
  };
}

function rank({ verdict }: Finding): number {
  return ['passed', 'inconclusive', 'failed'].indexOf(verdict);
}

/** By which of two findings with the same verdict the worse one is told. */
function sizeOf({ data }: Finding): number {
  if (data['highMs'] === null) return Number.MAX_VALUE;
  const sizes = [data['highMs'], data['lostWrites'], data['total'], data['totalLowMs']];
  return sizes.find((size) => typeof size === 'number') ?? 0;
}
