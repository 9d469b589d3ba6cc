import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import type { Finding, MeasuredUnit, Outage } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { type Bounds, formatBounds, judgeAtMost, type Verdict, WITHIN_ERROR, worst } from '../core/verdict.ts';
import { larger } from '../measure/recovery.ts';
import { eachOf, finding, noData, worstOf } from './finding.ts';

const params = z
  .strictObject({
    longest: duration().optional().describe('the longest outage may take this long'),
    total: duration().optional().describe('all outages together may take this long'),
    outages: z.number().int().nonnegative().optional().describe('how many there may be, without stutters'),
  })
  .refine((p) => p.longest !== undefined || p.total !== undefined || p.outages !== undefined, {
    message: 'say `longest`, `total` or `outages`',
  })
  .transform(({ longest, total, outages }) => ({ longestMs: longest, totalMs: total, outages }));
type Params = z.output<typeof params>;

/** Outages of the whole run, whoever caused them. The worst unit counts. */
export const availability: Assertion<Params> = {
  kind: 'availability',
  summary: 'Outages in the whole run: the longest, all together, and how many',
  params,
  example: { with: { longest: '10s', outages: 1 } },
  says: 'how many outages there were in the whole run, and the longest as an interval',
  takes: ['of'],
  requires: ['of'],
  check: (limits, { spec, measured }) => {
    const expected = describe(limits);
    const of = (name: string): Finding => {
      const workload = measured[name];
      if (workload === undefined || workload.ok === 0) return noData(expected, `not one operation of ${name} was ok`);
      return worstOf(
        workload.units.map((unit) => one(name, unit, limits)),
        expected,
      );
    };
    return eachOf(spec.of, expected, of);
  },
};

function describe({ longestMs, totalMs, outages }: Params): string {
  const parts = [
    longestMs === undefined ? [] : [`no outage over ${formatMs(longestMs)}`],
    totalMs === undefined ? [] : [`${formatMs(totalMs)} in all`],
    outages === undefined ? [] : [outages === 0 ? 'no outage' : `at most ${count(outages)}`],
  ];
  return parts.flat().join(', ');
}

function one(name: string, { unit, outages, detectionFloorMs }: MeasuredUnit, limits: Params): Finding {
  const longest = outages.reduce<Bounds>(larger, { lowMs: 0, highMs: detectionFloorMs });
  const total = totalOf(outages, longest);
  const verdict = worst([
    limits.longestMs === undefined ? 'passed' : judgeAtMost(longest, limits.longestMs),
    limits.totalMs === undefined ? 'passed' : judgeAtMost(total, limits.totalMs),
    limits.outages === undefined ? 'passed' : judgeCount(outages, limits.outages),
  ]);
  const seen = outages.map(({ fromMs, toMs, lowMs, highMs }) => ({
    fromMs,
    toMs: toMs ?? null,
    lowMs,
    highMs: highMs ?? null,
  }));
  return finding(verdict, {
    expected: describe(limits),
    actual: summarize(outages, { total, detectionFloorMs }),
    because: verdict === 'inconclusive' ? WITHIN_ERROR : verdict === 'failed' ? `seen by ${name}, of ${unit}` : '',
    data: { workload: name, unit, outages: seen, totalLowMs: total.lowMs, totalHighMs: total.highMs ?? null },
  });
}

/**
 * One that may have been shorter than any that can be told for sure is no proof of one too many. What only stutters has
 * failed nobody.
 */
function judgeCount(all: readonly Outage[], most: number): Verdict {
  const outages = all.filter(({ stutter }) => stutter !== true);
  if (outages.length <= most) return 'passed';
  return outages.filter(({ lowMs }) => lowMs > 0).length > most ? 'failed' : 'inconclusive';
}

/** Lows are of different times; highs may overlap, and count once. Without any: as long as one that is not seen. */
function totalOf(outages: readonly Outage[], longest: Bounds): Bounds {
  if (outages.length === 0) return longest;
  const lowMs = outages.reduce((sum, outage) => sum + outage.lowMs, 0);
  let [highMs, coveredMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromMs, toMs } of outages) {
    if (toMs === undefined) return { lowMs, highMs: undefined };
    highMs += Math.max(0, toMs - Math.max(fromMs, coveredMs));
    coveredMs = Math.max(coveredMs, toMs);
  }
  return { lowMs, highMs };
}

function summarize(
  outages: readonly Outage[],
  { total, detectionFloorMs }: { readonly total: Bounds; readonly detectionFloorMs: number },
): string {
  const unseen = `one under ${formatMs(detectionFloorMs)} could not be`;
  if (outages.length === 0) return `no outage seen (${unseen})`;
  const longest = outages.reduce<Bounds>(larger, { lowMs: 0, highMs: 0 });
  const all = outages.length === 1 ? '' : `, ${formatBounds(total)} in all`;
  // What is judged is then the one that could not be seen.
  const more = (longest.highMs ?? Number.POSITIVE_INFINITY) < detectionFloorMs ? ` (${unseen} seen)` : '';
  return `${count(outages.length)}${stuttersOf(outages)}, the longest ${formatBounds(longest)}${all}${more}`;
}

function stuttersOf(outages: readonly Outage[]): string {
  const stutters = outages.filter(({ stutter }) => stutter).length;
  if (stutters === 0) return '';
  if (stutters === outages.length) return stutters === 1 ? ' (a stutter)' : ' (stutters)';
  return ` (${stutters} of them ${stutters === 1 ? 'a stutter' : 'stutters'})`;
}

function count(outages: number): string {
  return outages === 1 ? '1 outage' : `${outages} outages`;
}
