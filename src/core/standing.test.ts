import { describe, expect, it } from 'vitest';
import { sampleReports } from '../reporters/testing/reports.ts';
import type { Report } from './report.ts';
import { standsInTheWay } from './standing.ts';

const own: Report = { ...sampleReports.passed, target: undefined, cluster: 'dirty' };
const undoFailed = { code: 'UNDO_FAILED', message: 'redis-1 does not start', at: 'redis-1', hint: undefined };
const warm = { name: 'a', since: '2026-11-21T14:00:00Z' };

describe('no other run may follow one', () => {
  it.each<[string, Partial<Report>, boolean]>([
    ['that left a target dirty', { target: 'staging' }, true],
    [
      'that could not undo something on a target',
      { target: 'staging', cluster: 'restored', problems: [undoFailed] },
      true,
    ],
    ['that left a warm cluster dirty', { warm }, true],
    ['that left a cluster of its own dirty: the next has its own', {}, false],
    [
      'whose warm cluster is gone whole: there is nothing to meet',
      { warm, cluster: 'removed', problems: [undoFailed] },
      false,
    ],
    ['that restored its target', { target: 'staging', cluster: 'restored' }, false],
  ])('%s', (_, more, expected) => {
    expect(standsInTheWay({ ...own, ...more })).toBe(expected);
  });
});
