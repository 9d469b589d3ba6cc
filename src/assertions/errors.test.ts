import { describe, expect, it } from 'vitest';
import {
  at,
  judgeRecorded,
  operationsWith,
  type RecordedRun,
  recordedKill,
  timedOut,
} from '../../test/recorded-run.ts';

async function errors(limits: string, more = 'during: kill', operations?: RecordedRun['operations'][string]) {
  const run = recordedKill(`
  - { assert: errors, of: writes, ${more === '' ? '' : `${more}, `}with: { ${limits} } }`);
  if (operations !== undefined) run.operations = { writes: operations };
  return (await judgeRecorded(run)).finding('errors');
}

describe('errors', () => {
  it('are judged by their number, and by their share of what was attempted', async () => {
    expect(await errors('atMost: 700')).toMatchObject({ verdict: 'passed', expected: 'at most 700 errors' });
    expect(await errors('atMost: 500')).toMatchObject({
      verdict: 'failed',
      actual: '600 of 908: ECONNREFUSED 600',
      because: '600 errors',
    });
    expect((await errors('share: 0.7')).verdict).toBe('passed');
    expect(await errors('share: 0.5')).toMatchObject({ verdict: 'failed', because: '66.08 % errors' });
  });

  it('are judged by their codes: one can be what is expected', async () => {
    expect((await errors('byCode: { ECONNREFUSED: { atLeast: 500 } }')).verdict).toBe('passed');
    expect(await errors('byCode: { NOREPLICAS: { atLeast: 1 } }')).toMatchObject({
      verdict: 'failed',
      because: 'NOREPLICAS only 0 times',
    });
    expect((await errors('byCode: { ECONNREFUSED: { atMost: 500 } }')).verdict).toBe('failed');
  });

  it('are judged by which there are', async () => {
    const mixed = operationsWith({ downFromMs: at.kill, downToMs: at.back }).map((op) =>
      op.sentMs > 9000 && op.sentMs < 9100 ? { ...op, ...timedOut(op.sentMs) } : op,
    );
    expect((await errors('only: [ECONNREFUSED, TIMEOUT]', '', mixed)).verdict).toBe('passed');
    expect(await errors('only: [ECONNREFUSED]', '', mixed)).toMatchObject({
      verdict: 'failed',
      because: 'also TIMEOUT',
    });
    expect((await errors('only: []', '', mixed)).verdict).toBe('failed');
  });

  it('count in their window only', async () => {
    expect((await errors('atMost: 0', 'during: recovery')).verdict).toBe('passed');
    expect((await errors('atMost: 0', 'since: kill')).verdict).toBe('failed');
    expect((await errors('atMost: 0', '')).verdict).toBe('failed');
  });

  it('of nothing that was attempted prove nothing', async () => {
    expect(await errors('atMost: 0', 'during: kill', [])).toMatchObject({ verdict: 'inconclusive', actual: 'no data' });
    const before = operationsWith({ downFromMs: 0, downToMs: 0 }).filter(({ sentMs }) => sentMs < at.kill);
    expect(await errors('atMost: 0', 'during: kill', before)).toMatchObject({
      verdict: 'inconclusive',
      because: 'writes attempted nothing during kill',
    });
  });
});
