import { z } from 'zod';
import type { Assertion, AssertionContext } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import { describeMissing, type IsrReading, isrReadings, isrStory } from '../measure/isr.ts';
import { judgeEventually } from './eventually.ts';
import { finding, noData } from './finding.ts';
import { isFinding, type Judged, type Readings, readingsOf, tooSparse } from './readings.ts';

const params = z.strictObject({});
const WHOLE = { fields: { isrWhole: true } } as const;

/**
 * Before an ISR has shrunk it cannot be whole *again*: a broker that was killed stays in it until it is fenced, and those
 * seconds are no recovery. Where none was seen to shrink there was nothing to recover from, and it holds.
 */
export const isrRecovery: Assertion<z.output<typeof params>> = {
  kind: 'isrRecovery',
  summary: 'Every partition’s in-sync replicas are its replica set again, in time, and stay so for a while',
  params,
  example: { probe: 'kafka.replication', since: 'kill', within: '30s', for: '2s' },
  says: 'how long until the last replica was in step, as an interval; when the first fell out; which was the last',
  takes: ['probe', 'during', 'since', 'within', 'for'],
  requires: ['probe', 'within'],
  check: (_, cx) => {
    const readings = readingsOf({ ...cx, spec: { ...cx.spec, tolerance: WHOLE } });
    if (isFinding(readings)) return readings;
    const told = isrReadings(cx.journal, cx.spec.probe?.name ?? '');
    const inside = told.filter((each) => each.startedMs >= readings.window.fromMs && each.atMs <= readings.window.toMs);
    if (inside.length === 0)
      return noData(ASKED, `${cx.spec.probe?.kind} tells nothing of replicas: name kafka.replication`);
    const asked = { ...readings, asked: ASKED };
    const hasShrunk = inside.some(isShort);
    return hasShrunk ? judge(asked, inside, cx) : neverShrank(asked, told.some(isShort), cx);
  },
};

const ASKED = 'every ISR is its replica set again';

function isShort({ missing }: IsrReading): boolean {
  return missing.size > 0;
}

function judge(readings: Readings, told: readonly IsrReading[], cx: AssertionContext): Finding {
  const shrunkMs = told.find(isShort)?.startedMs ?? Number.POSITIVE_INFINITY;
  const byStart = new Map(told.map((each) => [each.startedMs, each.missing]));
  const judged = readings.judged.map((each): Judged => {
    const missing = byStart.get(each.startedMs) ?? new Map();
    const isAgain = each.holds && each.startedMs > shrunkMs;
    return { ...each, holds: isAgain, actual: describeMissing(missing) };
  });
  const { data, ...found } = judgeEventually({ ...readings, judged }, cx);
  const { heldByMs, ...bounds } = data;
  const { shrunk, last } = isrStory(told.filter(({ atMs }) => typeof heldByMs !== 'number' || atMs <= heldByMs));
  const wasLast =
    typeof heldByMs === 'number' && last !== undefined ? `; last was ${describeMissing(last.missing)}` : '';
  return {
    ...found,
    actual: `${found.actual}${wasLast}`,
    data: {
      ...bounds,
      shrunkAtMs: shrunk?.byMs ?? null,
      recoveredAtMs: heldByMs ?? null,
      last: Object.fromEntries(last?.missing ?? []),
    },
  };
}

function neverShrank(readings: Readings, shrankBefore: boolean, { spec }: AssertionContext): Finding {
  const { withinMs = 0, forMs = 0 } = spec;
  const expected = `within ${formatMs(withinMs)} ${ASKED}${forMs > 0 ? `, for ${formatMs(forMs)}` : ''}`;
  const seen = shrankBefore ? 'every ISR was whole already' : 'no ISR was seen to shrink';
  const actual = `${seen} in ${readings.judged.length} readings`;
  const watchedMs = (readings.judged.at(-1)?.startedMs ?? 0) - readings.window.fromMs;
  const because =
    tooSparse(readings) ?? (watchedMs < forMs ? `it was watched for ${formatMs(watchedMs)} only` : undefined);
  const data = { shrunkAtMs: null, recoveredAtMs: null };
  if (because !== undefined) return finding('inconclusive', { expected, actual, because, data });
  return finding('passed', { expected, actual, data });
}
