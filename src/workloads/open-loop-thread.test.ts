import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventBody } from '../core/journal.ts';
import type { RunningWorkload, WorkloadContext } from '../core/kinds.ts';
import { startWorker } from './open-loop-thread.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-test-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A worker of its own for each test, as text. */
function workload(body: string) {
  const events: EventBody[] = [];
  const abort = new AbortController();
  const context: WorkloadContext = {
    name: 'planted',
    client: 'oracle',
    runId: 'r1',
    seed: 1,
    addresses: { from: 'client:planted', rows: [] },
    originNs: process.hrtime.bigint(),
    opsFile: join(dir, 'planted.ndjson'),
    readBackFile: join(dir, 'planted.read.ndjson'),
    journal: { write: (event) => events.push(event) },
    signal: abort.signal,
  };
  const served = new URL('./open-loop-worker.ts', import.meta.url).href;
  const header = `{ v: 1, workload: 'planted', kind: 'planted', client: '', units: ['u'], spacingMs: 5, deadlineMs: 50, ledger: false, okMeans: '' }`;
  const text = `import { serveOpenLoop } from ${JSON.stringify(served)}; const header = ${header}; ${body}`;
  const module = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  return { events, abort, start: (): Promise<RunningWorkload> => startWorker({ module, data: undefined, context }) };
}
const serving = (send: string): string =>
  `serveOpenLoop(async () => ({ header, send: ${send}, [Symbol.asyncDispose]: async () => {} }));`;

describe('a workload with a worker of its own', () => {
  it('counts, waits for the first ok, stops, and may be stopped again', async () => {
    const { events, start } = workload(serving(`async () => ({ outcome: 'ok' })`));
    await using running = await start();
    await running.firstOk(5000);
    expect(running.counters().ok).toBeGreaterThan(0);
    await running.stop();
    await running.stop();
    const { ok } = running.counters();
    expect(ok).toBeGreaterThan(0);
    await expect(running.readBack({ from: 'probe', rows: [] }, 1000)).resolves.toBeUndefined();
    expect(events).toEqual([]);
  });

  it('says what came instead of a first ok', async () => {
    const { start } = workload(serving(`async () => ({ outcome: 'failed', errorCode: 'ECONNREFUSED' })`));
    await using running = await start();
    await expect(running.firstOk(200)).rejects.toMatchObject({
      code: 'WORKLOAD_FAILED',
      message: expect.stringMatching(/planted: no operation was ok within 200 ms \(\d+ failed, .* ECONNREFUSED\)/),
    });
  });

  it('is a problem when its worker crashes, and all that waits for it rejects', async () => {
    const { events, start } = workload(
      serving(
        `async ({ i }) => { if (i > 10) setImmediate(() => { throw new Error('planted'); }); return { outcome: 'ok' }; }`,
      ),
    );
    await using running = await start();
    await expect.poll(() => events.length, { timeout: 5000 }).toBe(1);
    const crash = { code: 'WORKLOAD_FAILED', message: 'workload planted: its worker crashed: planted' };
    await expect(running.stop()).rejects.toMatchObject(crash);
    expect(events).toEqual([{ type: 'problem', ...crash }]);
  });

  it('is a problem when its worker ends by itself', async () => {
    const { start } = workload('process.exit(0);');
    await expect(start()).rejects.toMatchObject({ message: 'workload planted: its worker ended by itself' });
  });

  it('does not start when its client cannot be opened', async () => {
    const { events, start } = workload(`serveOpenLoop(async () => { throw new Error('no such thing'); });`);
    await expect(start()).rejects.toMatchObject({ code: 'WORKLOAD_FAILED', message: 'no such thing' });
    expect(events).toHaveLength(1);
  });

  it('changes its rate and pauses when it is told to', async () => {
    const { start } = workload(serving(`async () => ({ outcome: 'ok' })`));
    await using running = await start();
    await running.firstOk(5000);
    running.setPaused?.(true);
    const paused = await settled(running);
    // Silent for longer than what is an absence at this rate, which in turn is longer than a busy machine stands still.
    running.setRate?.(10);
    await sleep(600);
    running.setPaused?.(false);
    await expect.poll(() => running.counters().ok, { timeout: 5000 }).toBeGreaterThan(paused + 3);
    expect(running.counters().lastBadMs).toBeUndefined();
  });

  it('stops waiting for the first ok when the run is interrupted', async () => {
    const { abort, start } = workload(serving('() => new Promise(() => {})'));
    await using running = await start();
    const waiting = running.firstOk(60_000);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

/** Two equal readings in a row, further apart than the counters are posted. */
async function settled(running: RunningWorkload): Promise<number> {
  let before = -1;
  await expect
    .poll(
      () => {
        const same = running.counters().ok === before;
        before = running.counters().ok;
        return same;
      },
      { interval: 120, timeout: 5000 },
    )
    .toBe(true);
  return before;
}
