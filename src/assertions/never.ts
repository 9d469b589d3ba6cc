import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { formatMs } from '../core/units.ts';
import { finding } from './finding.ts';
import { isFinding, knownOnly, readingsOf, tooSparse } from './readings.ts';

const params = z.strictObject({});

/** Passes only on readings without gaps: what was not looked at may have happened. */
export const never: Assertion<z.output<typeof params>> = {
  kind: 'never',
  summary: 'No reading of a probe matches the tolerance',
  params,
  example: { tolerance: { acceptingWrites: { atLeast: 2 } }, during: 'kill' },
  says: 'the first reading that matched, and in how many of all readings; inconclusive where readings are missing',
  takes: ['probe', 'tolerance', 'during', 'since'],
  requires: ['probe', 'tolerance'],
  check: (_, cx) => {
    const all = readingsOf(cx);
    const readings = isFinding(all) ? all : knownOnly(all);
    if (isFinding(readings)) return readings;
    const { judged, window, asked } = readings;
    const expected = `never ${asked}`;
    const seen = judged.filter(({ holds }) => holds);
    const [first] = seen;
    if (first !== undefined) {
      return finding('failed', {
        expected,
        actual: first.actual,
        because: `first ${formatMs(first.startedMs - window.fromMs)} after the begin, in ${seen.length} of ${judged.length} readings`,
        data: { atMs: first.startedMs },
      });
    }
    const sparse = tooSparse(readings);
    if (sparse !== undefined)
      return finding('inconclusive', { expected, actual: `not seen in ${judged.length} readings`, because: sparse });
    return finding('passed', {
      expected,
      actual: `not seen in ${judged.length} readings`,
      data: { readings: judged.length },
    });
  },
};
