// What findings have in common: words for bounds, and the ways to say that nothing could be told.
import type { JsonObject } from '../core/json.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import { type Bounds, type Verdict, worst } from '../core/verdict.ts';

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

/** Of several workloads: the first of those with the worst verdict. */
export function worstOf(findings: readonly Finding[], expected: string): Finding {
  const verdict = worst(findings.map((each) => each.verdict));
  return findings.find((each) => each.verdict === verdict) ?? noData(expected, 'no workload is named');
}

/** `6.24 s to 6.27 s`; one number where both bounds read the same. */
export function formatBounds({ lowMs, highMs }: Bounds): string {
  if (highMs === undefined) return `more than ${formatMs(lowMs)}`;
  const [low, high] = [formatMs(lowMs), formatMs(highMs)];
  return low === high ? low : `${low} to ${high}`;
}

export const WITHIN_ERROR = 'the limit lies within the error of the measurement';
