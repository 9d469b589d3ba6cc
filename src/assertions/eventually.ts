import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import { type Bounds, judgeAtMost } from '../core/verdict.ts';
import { finding, formatBounds, WITHIN_ERROR } from './finding.ts';
import { isFinding, type Judged, type Readings, readingsOf } from './readings.ts';

const params = z.strictObject({});

/** By `within`, and held `for` a while. The moment lies between the last reading that did not hold and the first that did. */
export const eventually: Assertion<z.output<typeof params>> = {
  kind: 'eventually',
  summary: 'A probe comes within its tolerance, in time, and stays for a while',
  params,
  example: { tolerance: { replicasInStep: { atLeast: 2 } }, since: 'kill', within: '30s', for: '2s' },
  says: 'when it came within tolerance to stay, as an interval; inconclusive where it was not watched for long enough',
  takes: ['probe', 'tolerance', 'during', 'since', 'within', 'for'],
  requires: ['probe', 'tolerance'],
  check: (_, cx) => {
    const readings = readingsOf(cx);
    if (isFinding(readings)) return readings;
    const { withinMs, forMs = 0 } = cx.spec;
    const when = withinMs === undefined ? 'eventually' : `within ${formatMs(withinMs)}`;
    const expected = `${when} ${readings.asked}${forMs > 0 ? `, for ${formatMs(forMs)}` : ''}`;
    const moment = firstHeld(readings, forMs);
    if (moment === undefined) return notReached(readings, { expected, withinMs });
    const actual = `after ${formatBounds(moment)}`;
    const verdict = withinMs === undefined ? 'passed' : judgeAtMost(moment, withinMs);
    const because = verdict === 'inconclusive' ? WITHIN_ERROR : verdict === 'failed' ? 'it came too late' : '';
    return finding(verdict, {
      expected,
      actual,
      because,
      data: { lowMs: moment.lowMs, highMs: moment.highMs ?? null },
    });
  },
};

/** Bounds on the time from the window's begin; undefined when it never held for long enough. */
function firstHeld({ judged, window }: Readings, forMs: number): Bounds | undefined {
  let since: Judged | undefined;
  let notBeforeMs = window.fromMs;
  for (const reading of judged) {
    if (!reading.holds) {
      since = undefined;
      notBeforeMs = reading.startedMs;
      continue;
    }
    since ??= reading;
    if (reading.atMs - since.startedMs >= forMs) {
      return { lowMs: notBeforeMs - window.fromMs, highMs: since.atMs - window.fromMs };
    }
  }
  return undefined;
}

function notReached(
  readings: Readings,
  { expected, withinMs }: { readonly expected: string; readonly withinMs: number | undefined },
): Finding {
  const last = readings.judged.at(-1);
  const watchedMs = readings.window.toMs - readings.window.fromMs;
  const actual = `${last?.actual ?? 'nothing'} at the end, after ${formatMs(watchedMs)}`;
  if (withinMs !== undefined && watchedMs < withinMs) {
    return finding('inconclusive', { expected, actual, because: `it was watched for ${formatMs(watchedMs)} only` });
  }
  return finding('failed', { expected, actual, because: 'it never held for long enough' });
}
