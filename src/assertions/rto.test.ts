import { describe, expect, it } from 'vitest';
import type { RecordedRun } from '../../test/recorded-run.ts';
import { at, judgeRecorded, operationsWith, recordedKill, timedOut } from '../../test/recorded-run.ts';

function killed(atMost = '10s'): RecordedRun {
  return recordedKill(`
  - { assert: rto, of: writes, since: kill, with: { atMost: ${atMost} } }`);
}

/** Killed, with other operations than the usual ones. */
function withOperations(operations: RecordedRun['operations'][string], atMost?: string): RecordedRun {
  const run = killed(atMost);
  run.operations = { writes: operations };
  return run;
}

async function rto(run: RecordedRun) {
  return (await judgeRecorded(run)).finding('rto');
}

function down(toMs: number, fromMs: number = at.kill) {
  return operationsWith({ downFromMs: fromMs, downToMs: toMs });
}

describe('rto', () => {
  it('passes, and says how long it was with its error', async () => {
    const found = await rto(killed());
    expect(found).toMatchObject({ verdict: 'passed', expected: 'recovered within 10.00 s', because: '' });
    expect(found.actual).toMatch(/^(5\.99|6\.00) s to 6\.0\d s$/);
    expect(found.data).toMatchObject({ workload: 'writes', rescuedByRevert: false });
  });

  it('says of each workload how long it was', async () => {
    const run = killed();
    run.drill = {
      ...run.drill,
      workloads: run.drill.workloads.flatMap((workload) => [workload, { ...workload, name: 'reads' }]),
      assertions: run.drill.assertions.map((assertion) => ({ ...assertion, of: ['writes', 'reads'] })),
    };
    run.operations = { writes: down(at.back), reads: down(at.back + 2000) };
    expect((await rto(run)).actual).toMatch(/^reads: (7|8)\.\d\d s to 8\.\d\d s; writes: (5\.99|6\.00) s to 6\.0\d s$/);
  });

  it('fails when it took longer', async () => {
    expect(await rto(killed('5s'))).toMatchObject({
      verdict: 'failed',
      because: 'writes was without service for longer',
    });
  });

  it('proves nothing when the limit lies within the error', async () => {
    expect(await rto(killed('6s'))).toMatchObject({
      verdict: 'inconclusive',
      because: 'the limit lies within the error of the measurement',
    });
  });

  it('sees operations that hang and then succeed', async () => {
    const hung = down(at.kill).map((op) => {
      const hangs = op.sentMs >= at.kill && op.sentMs < at.back;
      return hangs ? { ...op, settledMs: at.back + 1 + (op.sentMs - at.kill) / 1000 } : op;
    });
    expect(hung.every(({ outcome }) => outcome === 'ok')).toBe(true);
    const found = await rto(withOperations(hung, '5s'));
    expect(found.verdict).toBe('failed');
    expect(found.actual).toMatch(/^5\.9\d s to 6\.0\d s$/);
  });

  it('passes where no outage was seen, and says what would not have been', async () => {
    const found = await rto(withOperations(down(at.kill)));
    expect(found).toMatchObject({
      verdict: 'passed',
      actual: expect.stringMatching(/^no outage seen \(one under \d+ ms/),
    });
  });
});

describe('rto fails when it did not recover by itself', () => {
  it('and only our own revert ended it', async () => {
    expect(await rto(withOperations(down(at.revert + 300)))).toMatchObject({
      verdict: 'failed',
      actual: 'did not recover by itself in 9.08 s',
      because: 'writes worked again only once our own revert had been called: that is no recovery',
      data: { rescuedByRevert: true, highMs: null },
    });
  });

  it('although the objective is longer than the fault was in', async () => {
    expect((await rto(withOperations(down(at.revert + 300), '30s'))).verdict).toBe('failed');
  });

  it('and never did at all', async () => {
    expect(await rto(withOperations(down(Number.POSITIVE_INFINITY)))).toMatchObject({
      verdict: 'failed',
      because: 'writes never worked again',
    });
  });

  it('and was out for longer once more while the fault was in', async () => {
    const once = down(at.kill + 1000);
    const again = once.map((op) =>
      op.sentMs >= 11_000 && op.sentMs < 14_000 ? { ...op, ...timedOut(op.sentMs) } : op,
    );
    const found = await rto(withOperations(again, '2s'));
    expect(found.verdict).toBe('failed');
    expect(found.because).toMatch(/^writes was out of service again while the fault was in: 2\.9\d s to 3\.0\d s$/);
  });
});

describe('rto proves nothing', () => {
  it('when service was gone well before the fault: what follows is not its doing', async () => {
    for (const backMs of [at.back, at.revert + 300, at.end]) {
      expect(await rto(withOperations(down(backMs, at.kill - 2500)))).toMatchObject({
        verdict: 'inconclusive',
        because: expect.stringMatching(/^writes was out of service 2\.\d+ s before the fault already \(mymaster\)$/),
      });
    }
    // A stall right before it is the machine's, and one that was over has nothing to do with it.
    expect(await rto(withOperations(down(at.back, at.kill - 300)))).toMatchObject({ verdict: 'passed' });
  });

  it('when the workload never worked, not even before the fault', async () => {
    expect(await rto(withOperations(down(Number.POSITIVE_INFINITY, 0)))).toMatchObject({
      verdict: 'inconclusive',
      because: 'writes never worked, not even before the fault (mymaster)',
    });
  });

  it('when nothing was attempted after the fault', async () => {
    const before = down(at.kill).filter(({ sentMs }) => sentMs < at.kill - 10);
    expect(await rto(withOperations(before))).toMatchObject({
      verdict: 'inconclusive',
      because: 'writes attempted nothing after kill',
    });
  });

  it('when nothing was attempted for longer than the objective', async () => {
    const paused = down(at.kill).filter(({ sentMs }) => sentMs < at.kill + 100 || sentMs > at.kill + 6000);
    expect((await rto(withOperations(paused, '5s'))).verdict).toBe('inconclusive');
    const served = down(at.kill + 1000).filter(({ sentMs }) => sentMs < 9000 || sentMs > 14_000);
    expect(await rto(withOperations(served, '2s'))).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/^writes asked too little/),
    });
  });

  it('when nothing shows that the fault was in effect', async () => {
    const run = killed();
    run.events = run.events.filter((event) => event.type !== 'step' || event.state === 'called');
    expect(await rto(run)).toMatchObject({ verdict: 'inconclusive', because: 'kill was not shown to be in effect' });
  });

  it('when nobody recorded anything', async () => {
    const run = killed();
    run.operations = {};
    expect(await rto(run)).toMatchObject({ verdict: 'inconclusive', because: 'writes recorded nothing' });
  });

  it('when the run was ended before the time was over, but a failure stays one', async () => {
    const stopped = (atMost: string): RecordedRun => {
      const run = withOperations(down(at.revert + 300), atMost);
      run.events = run.events.map((event) => (event.type === 'end' ? { ...event, status: 'aborted' } : event));
      return run;
    };
    expect(await rto(stopped('10s'))).toMatchObject({
      verdict: 'inconclusive',
      because: 'the run was ended before the time to recover was over',
    });
    expect((await rto(stopped('9s'))).verdict).toBe('failed');
  });

  it('when operations ended while it was out', async () => {
    const died = down(at.back).filter(({ sentMs }) => sentMs < at.kill + 3000);
    expect((await rto(withOperations(died))).verdict).toBe('inconclusive');
  });
});
