import { expect } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import type { Episode } from '../../../src/core/watched.ts';

/** Of a watch that did nothing, proved nothing, and saw one failover and nothing else. */
export function onlyFailover({ status, verdict, cluster, problems, faults, watched }: Report): Episode | undefined {
  expect({ status, verdict, cluster, problems, faults }).toEqual({
    status: 'completed',
    verdict: 'inconclusive',
    cluster: 'restored',
    problems: [],
    faults: [],
  });
  const [failover, ...others] = watched?.episodes ?? [];
  expect(others).toEqual([]);
  expect(failover?.kind).toBe('failover');
  return failover;
}
