import { describe, expect, it } from 'vitest';
import {
  at,
  judgeRecorded,
  operationsWith,
  type RecordedRun,
  recordedKill,
  timedOut,
} from '../../test/recorded-run.ts';

type Operations = RecordedRun['operations'][string];

async function latency(limits: string, operations: Operations, more = '') {
  const run = recordedKill(`
  - { assert: latency, of: writes, ${more}with: { ${limits} } }`);
  run.operations = { writes: operations };
  return (await judgeRecorded(run)).finding('latency');
}

/** Each takes 1 ms; one in `every` takes `ms`. */
function withSlow(every: number, ms: number): Operations {
  const all = operationsWith({ downFromMs: 0, downToMs: 0 });
  return all.map((op) => (op.i % every === 0 ? { ...op, settledMs: op.sentMs + ms } : op));
}

describe('latency', () => {
  it('is judged by its percentiles', async () => {
    expect(await latency('p50: 2ms, p99: 2ms, max: 40ms', withSlow(200, 30))).toMatchObject({
      verdict: 'passed',
      expected: 'p50 at most 2 ms, p99 at most 2 ms, max at most 40 ms',
      actual: 'p50 1 ms, p99 1 ms, max 30 ms',
    });
    expect(await latency('p99: 20ms', withSlow(50, 30))).toMatchObject({
      verdict: 'failed',
      because: 'writes: p99 is over its limit',
    });
  });

  it('counts what was sent late in the upper bound only', async () => {
    const late = withSlow(1000, 1).map((op) => ({ ...op, dueMs: op.sentMs - 5 }));
    expect(await latency('p50: 3ms', late)).toMatchObject({ verdict: 'inconclusive', actual: 'p50 1 ms to 6 ms' });
  });

  it('takes no answer for slower than any, and never for none', async () => {
    const lost = withSlow(1000, 1).map((op) => (op.i % 20 === 0 ? { ...op, ...timedOut(op.sentMs) } : op));
    expect(await latency('p99: 400ms', lost)).toMatchObject({ verdict: 'failed', actual: 'p99 more than 500 ms' });
    expect((await latency('p99: 600ms', lost)).verdict).toBe('inconclusive');
    expect((await latency('p50: 2ms', lost)).verdict).toBe('passed');
  });

  it('looks at its window only', async () => {
    const slowAfter = operationsWith({ downFromMs: 0, downToMs: 0 }).map((op) =>
      op.sentMs > at.kill + 1 && op.sentMs < at.revert ? { ...op, settledMs: op.sentMs + 9 } : op,
    );
    expect((await latency('max: 5ms', slowAfter, 'during: recovery, ')).verdict).toBe('passed');
    expect((await latency('max: 5ms', slowAfter, 'during: kill, ')).verdict).toBe('failed');
  });

  it('of nothing that was answered proves nothing', async () => {
    const none = operationsWith({ downFromMs: 0, downToMs: Number.POSITIVE_INFINITY });
    expect(await latency('p99: 5ms', none)).toMatchObject({ verdict: 'inconclusive', actual: 'no data' });
  });
});
