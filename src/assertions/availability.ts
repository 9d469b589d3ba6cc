import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import type { Finding, MeasuredWorkload, Outage } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { judgeAtMost, type Verdict, worst } from '../core/verdict.ts';
import { finding, noData, WITHIN_ERROR } from './finding.ts';

const params = z
  .strictObject({
    longest: duration().optional().describe('the longest outage may take this long'),
    total: duration().optional().describe('all outages together may take this long'),
    outages: z.number().int().nonnegative().optional().describe('how many there may be'),
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
    const findings = spec.of.map((name) => one(name, measured[name], limits));
    const verdict = worst(findings.map((each) => each.verdict));
    return findings.find((each) => each.verdict === verdict) ?? noData(describe(limits), 'no workload is named');
  },
};

function describe({ longestMs, totalMs, outages }: Params): string {
  return [
    longestMs === undefined ? [] : [`no outage over ${formatMs(longestMs)}`],
    totalMs === undefined ? [] : [`${formatMs(totalMs)} in all`],
    outages === undefined ? [] : [`at most ${outages} outages`],
  ]
    .flat()
    .join(', ');
}

function one(name: string, workload: MeasuredWorkload | undefined, limits: Params): Finding {
  const expected = describe(limits);
  if (workload === undefined || workload.ok === 0) return noData(expected, `not one operation of ${name} was ok`);
  const units = workload.units.map((unit) => ({ unit, verdict: worst(judgeUnit(unit.outages, limits)) }));
  const verdict = worst(units.map((each) => each.verdict));
  const unit = units.find((each) => each.verdict === verdict)?.unit;
  if (unit === undefined) return noData(expected, `${name} has no unit`);
  const data = {
    workload: name,
    unit: unit.unit,
    outages: unit.outages.map(({ fromMs, toMs, lowMs, highMs }) => ({
      fromMs,
      toMs: toMs ?? null,
      lowMs,
      highMs: highMs ?? null,
    })),
  };
  return finding(verdict, {
    expected,
    actual: summarize(unit.outages, unit.detectionFloorMs),
    because: verdict === 'inconclusive' ? WITHIN_ERROR : '',
    data,
  });
}

function judgeUnit(outages: readonly Outage[], { longestMs, totalMs, outages: most }: Params): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  if (longestMs !== undefined)
    verdicts.push(worst(['passed', ...outages.map((outage) => judgeAtMost(outage, longestMs))]));
  if (totalMs !== undefined) verdicts.push(judgeAtMost(totalOf(outages), totalMs));
  if (most !== undefined)
    verdicts.push(
      outages.length <= most
        ? 'passed'
        : outages.filter(({ lowMs }) => lowMs > 0).length > most
          ? 'failed'
          : 'inconclusive',
    );
  return verdicts;
}

function totalOf(outages: readonly Outage[]): { lowMs: number; highMs: number | undefined } {
  const lowMs = outages.reduce((sum, outage) => sum + outage.lowMs, 0);
  if (outages.some(({ highMs }) => highMs === undefined)) return { lowMs, highMs: undefined };
  return { lowMs, highMs: outages.reduce((sum, { highMs = 0 }) => sum + highMs, 0) };
}

function summarize(outages: readonly Outage[], floorMs: number): string {
  if (outages.length === 0) return `no outage seen (none below ${formatMs(floorMs)} would be)`;
  const longest = outages.reduce((a, b) => ((b.highMs ?? Infinity) > (a.highMs ?? Infinity) ? b : a));
  const high = longest.highMs === undefined ? 'no end' : formatMs(longest.highMs);
  return `${outages.length} ${outages.length === 1 ? 'outage' : 'outages'}, the longest ${formatMs(longest.lowMs)} to ${high}`;
}
