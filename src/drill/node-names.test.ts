import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { DrillError } from '../core/error.ts';
import { parseDrill } from './load.ts';

/** What is said of a drill on a Redis cluster with this probe in its hypothesis, and this in its assertion. */
function mistakes(probe: string, assertion = 'probe: redis.topology, tolerance: { primaries: 1 }'): string[] {
  const text = `title: Who is primary
cluster: { services: [redis-sentinel] }
steadyStateHypothesis:
  title: All is well
  probes:
    - { ${probe} }
method:
  - { waitFor: redis.topology, tolerance: { primary: redis-2 }, atMost: 1s }
assertions:
  - { assert: never, ${assertion} }
`;
  try {
    parseDrill(text, 'x.drill.yaml', { registry: builtin });
    return [];
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    return error.problems.map(({ line, col, message, hint }) => `${line}:${col}: ${message}; ${hint}`);
  }
}

const inTolerance = (tolerance: string): string[] => mistakes(`probe: redis.topology, tolerance: { ${tolerance} }`);

describe('a node that is not in the cluster', () => {
  it('is refused where a tolerance names it, with the one that was probably meant', () => {
    expect(inTolerance('primary: redis-9')).toEqual(['6:54: there is no node "redis-9"; did you mean "redis-1"?']);
    expect(inTolerance('primary: { oneOf: [redis-1, redis-x, null] }')).toEqual([
      '6:73: there is no node "redis-x"; did you mean "redis-1"?',
    ]);
    expect(mistakes('probe: redis.replication, tolerance: { offsets: { redis-7: { atLeast: 1 } } }')).toEqual([
      '6:59: there is no node "redis-7"; did you mean "redis-1"?',
    ]);
  });

  it('is refused where a parameter names it, and in an assertion', () => {
    expect(mistakes('probe: redis.info, with: { field: role, node: sentinl-1 }, tolerance: x')).toEqual([
      '6:55: there is no node "sentinl-1"; did you mean "sentinel-1"?',
    ]);
    const good = 'probe: redis.topology, tolerance: { primaries: 1 }';
    expect(mistakes(good, 'probe: redis.topology, tolerance: { primary: nobody }')).toMatchObject([
      expect.stringContaining('there is no node "nobody"; expected one of redis-1'),
    ]);
    const info = 'probe: { kind: redis.info, with: { field: role, node: redis-4 } }, tolerance: slave';
    expect(mistakes(good, info)).toEqual(['10:76: there is no node "redis-4"; did you mean "redis-1"?']);
  });

  it('is no matter where the text is none', () => {
    expect(inTolerance('primary: redis-1')).toEqual([]);
    expect(inTolerance('primary: null')).toEqual([]);
    expect(inTolerance('primary: { matches: ^redis }')).toEqual([]);
    expect(
      mistakes('probe: redis.replication, tolerance: { offsets: { redis-1: { atLeast: 0.5x before } } }'),
    ).not.toContain(expect.stringContaining('no node'));
  });
});
