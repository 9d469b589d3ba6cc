import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { formatMs } from '../core/units.ts';
import { finding } from './finding.ts';
import { isFinding, knownOnly, readingsOf, tooSparse } from './readings.ts';

const params = z.strictObject({});

export const always: Assertion<z.output<typeof params>> = {
  kind: 'always',
  summary: 'Every reading of a probe is within its tolerance',
  params,
  example: { tolerance: { primaries: { atMost: 1 } }, during: 'kill' },
  says: 'the first reading out of tolerance, and in how many of all readings; inconclusive where readings are missing',
  takes: ['probe', 'tolerance', 'during', 'since'],
  requires: ['probe', 'tolerance'],
  check: (_, cx) => {
    const all = readingsOf(cx);
    const readings = isFinding(all) ? all : knownOnly(all);
    if (isFinding(readings)) return readings;
    const { judged, window, asked } = readings;
    const expected = `always ${asked}`;
    const broken = judged.find(({ holds }) => !holds);
    if (broken !== undefined) {
      const times = judged.filter(({ holds }) => !holds).length;
      return finding('failed', {
        expected,
        actual: broken.actual,
        because: `first ${formatMs(broken.startedMs - window.fromMs)} after the begin, in ${times} of ${judged.length} readings`,
        data: { atMs: broken.startedMs },
      });
    }
    const sparse = tooSparse(readings);
    if (sparse !== undefined)
      return finding('inconclusive', { expected, actual: `held in all ${judged.length} readings`, because: sparse });
    return finding('passed', {
      expected,
      actual: `held in all ${judged.length} readings`,
      data: { readings: judged.length },
    });
  },
};
