import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, recordedKill, type Stamped } from '../../test/recorded-run.ts';
import type { NamedFinding } from '../core/report.ts';

const join = (source: string, atMs: number): Stamped => ({
  type: 'mark',
  mark: 'consumer joined',
  source,
  detail: 'holds orders/0',
  atMs,
});
/** The start of the group: of no concern to what happens later. */
const start = [join('writes#1', 2000), join('writes#2', 2100), join('writes#1', 2200)];

async function judged(marks: readonly Stamped[], atMost = 0): Promise<NamedFinding> {
  const run = recordedKill(`\n  - { assert: rebalances, of: writes, since: kill, with: { atMost: ${atMost} } }`);
  run.events = [...run.events, ...marks].toSorted((a, b) => a.atMs - b.atMs);
  return (await judgeRecorded(run)).finding('rebalances');
}

describe('rebalances', () => {
  it('are none where nobody joins again', async () => {
    expect(await judged(start)).toMatchObject({ verdict: 'passed', actual: 'none since kill' });
  });

  it('are counted by the member that joined most often, and not once for each member', async () => {
    const both = [join('writes#1', at.kill + 500), join('writes#2', at.kill + 510)];
    expect(await judged([...start, ...both])).toMatchObject({
      verdict: 'failed',
      actual: expect.stringMatching(/^1, as writes#\d joined again$/),
      data: { count: 1 },
    });
    expect(await judged([...start, ...both], 1)).toMatchObject({ verdict: 'passed' });
    const storm = [0, 1, 2].map((n) => join('writes#2', at.kill + 1000 * n + 100));
    expect(await judged([...start, ...both, ...storm], 1)).toMatchObject({ verdict: 'failed', data: { count: 4 } });
  });

  it('cannot be told of who never said that it joined', async () => {
    expect(await judged([])).toMatchObject({ verdict: 'inconclusive' });
  });
});
