import { describe, expect, it } from 'vitest';
import {
  at,
  judgeRecorded,
  operationsWith,
  type RecordedRun,
  recordedKill,
  type Stamped,
} from '../../test/recorded-run.ts';
import type { Band } from '../core/verdict.ts';

interface Change {
  readonly band?: Partial<Band> | 'none' | 'lasting';
  readonly downToMs?: number;
  readonly marks?: readonly (readonly [mark: string, atMs: number])[];
  /** What another service has predicted of the same step, before this one. */
  readonly others?: Band;
}

async function predicted({ band = {}, downToMs = at.back, marks = [], others }: Change = {}) {
  const run: RecordedRun = recordedKill(`
  - { assert: predicted, of: writes, since: kill }`);
  run.operations = { writes: operationsWith({ downFromMs: at.kill, downToMs }) };
  run.events = run.events.flatMap((event): Stamped[] =>
    event.type === 'predicted' && others !== undefined
      ? [{ ...event, service: 'kafka', band: others }, event]
      : [event],
  );
  run.events = run.events.map((event): Stamped => {
    if (event.type !== 'predicted' || event.band === undefined || event.service === 'kafka') return event;
    if (band === 'none') return { ...event, band: undefined, because: 'no formula for process.kill' };
    if (band === 'lasting') return { ...event, band: undefined, because: 'no replica is left', outage: 'lasting' };
    return { ...event, band: { ...event.band, ...band } };
  });
  for (const [mark, atMs] of marks)
    run.events.push({ type: 'mark', mark, source: 'sentinel-1', detail: 'master', atMs });
  run.events.sort((a, b) => a.atMs - b.atMs);
  return (await judgeRecorded(run)).finding('predicted');
}

describe('predicted', () => {
  it('passes when the measured time overlaps the band', async () => {
    expect(await predicted()).toMatchObject({
      verdict: 'passed',
      expected: '5.50 s to 6.50 s (+500 ms to reach clients)',
      data: { formula: 'down-after + 1.3 s' },
    });
    expect((await predicted({ band: { lowMs: 4000, highMs: 5800 } })).verdict).toBe('passed');
  });

  it('takes the band of the service that the workload uses', async () => {
    const others = { lowMs: 60_000, highMs: 70_000, allowanceMs: 500, formula: 'another', inputs: {} };
    expect(await predicted({ others })).toMatchObject({ verdict: 'passed', data: { formula: 'down-after + 1.3 s' } });
  });

  it('fails above the band, and says where most of the time went until service was back', async () => {
    const marks = [
      ['+sdown', at.kill + 1000],
      ['+odown', at.kill + 1100],
      ['+switch-master', at.kill + 5900],
      ['+convert-to-slave', at.kill + 8000],
    ] as const;
    expect(await predicted({ band: { lowMs: 1000, highMs: 2000 }, marks })).toMatchObject({
      verdict: 'failed',
      because: 'longer than the settings explain; most of it from +odown to +switch-master (4.80 s)',
    });
    expect(await predicted({ band: { lowMs: 1000, highMs: 2000 } })).toMatchObject({
      verdict: 'failed',
      because: expect.stringMatching(/from the fault to first-write/),
    });
  });

  it('fails below the band: then the fault was not what it was meant to be', async () => {
    expect(await predicted({ band: { lowMs: 9000, highMs: 10_000 } })).toMatchObject({
      verdict: 'failed',
      because: expect.stringMatching(/^faster than the settings allow/),
    });
    expect(await predicted({ downToMs: at.kill })).toMatchObject({
      verdict: 'failed',
      actual: expect.stringMatching(/^no outage seen/),
      because: expect.stringMatching(/^the settings say that there is one/),
    });
  });

  it('proves nothing when the fault was taken out before the band was over', async () => {
    expect(await predicted({ downToMs: at.revert + 300, band: { lowMs: 8000, highMs: 12_000 } })).toMatchObject({
      verdict: 'inconclusive',
      because: 'the fault was taken out before the predicted time was over',
    });
    expect((await predicted({ downToMs: at.revert + 300 })).verdict).toBe('failed');
  });

  it('fails where the settings say that nothing comes back, whether something does or not', async () => {
    const lasting = {
      verdict: 'failed',
      because: expect.stringMatching(/does not come back by itself: no replica is/),
    };
    expect(await predicted({ band: 'lasting' })).toMatchObject(lasting);
    expect(await predicted({ band: 'lasting', downToMs: at.revert + 300 })).toMatchObject(lasting);
  });

  it('proves nothing without a prediction, and says why there is none', async () => {
    expect(await predicted({ band: 'none' })).toMatchObject({
      verdict: 'inconclusive',
      because: 'no formula for process.kill',
    });
  });
});
