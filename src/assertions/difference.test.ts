import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, operationsWith, type RecordedRun, recordedKill } from '../../test/recorded-run.ts';

interface Back {
  readonly application: number;
  readonly writes?: number;
  readonly of?: readonly string[];
}

/** The oracle is `writes`, and the subject `application`. */
async function difference({ application, writes = at.back, of = ['application', 'writes'] }: Back) {
  const run: RecordedRun = recordedKill(`
  - { assert: difference, of: [writes, writes], since: kill, with: { atMost: 1s } }`);
  const [oracle] = run.drill.workloads;
  if (oracle === undefined) throw new Error('the recorded drill has a workload');
  run.drill = {
    ...run.drill,
    workloads: [oracle, { ...oracle, name: 'application' }],
    assertions: run.drill.assertions.map((assertion) => ({ ...assertion, of })),
  };
  run.operations = {
    writes: operationsWith({ downFromMs: at.kill, downToMs: writes }),
    application: operationsWith({ downFromMs: at.kill, downToMs: application }),
  };
  return (await judgeRecorded(run)).finding('difference');
}

describe('difference', () => {
  it('is how much later the subject was back than the oracle', async () => {
    expect(await difference({ application: at.back + 500 })).toMatchObject({
      verdict: 'passed',
      expected: 'application back at most 1.00 s after writes',
      actual: expect.stringMatching(/^4\d\d ms to 51\d ms later$/),
    });
    expect((await difference({ application: at.back + 2000 })).verdict).toBe('failed');
    expect((await difference({ application: at.back + 1000 })).verdict).toBe('inconclusive');
  });

  it('does not carry the error of the fault, which is the same for both', async () => {
    const { data } = await difference({ application: at.back + 500 });
    expect(Number(data['highMs']) - Number(data['lowMs'])).toBeLessThan(25);
  });

  it('may be below zero', async () => {
    expect(await difference({ application: at.back - 2000 })).toMatchObject({
      verdict: 'passed',
      actual: expect.stringMatching(/^1\.99 s to 2\.01 s earlier$/),
    });
    expect((await difference({ application: at.back })).actual).toMatch(/earlier to .* later$/);
  });

  it('fails when the subject did not recover by itself, and the oracle did', async () => {
    expect(await difference({ application: at.revert + 500 })).toMatchObject({
      verdict: 'failed',
      actual: expect.stringMatching(/^application did not recover by itself in/),
      because: expect.stringMatching(/^writes was back after/),
    });
  });

  it('proves nothing without an oracle that recovered, or with one workload', async () => {
    expect(await difference({ application: at.back, writes: at.revert + 500 })).toMatchObject({
      verdict: 'inconclusive',
      because: 'writes itself did not recover, so there is nothing to compare with',
    });
    expect((await difference({ application: at.back, of: ['writes'] })).verdict).toBe('inconclusive');
    expect((await difference({ application: at.back, of: ['nobody', 'writes'] })).verdict).toBe('inconclusive');
  });
});
