// The worker's side: runs an open loop on a client, posts its counters, and does what the runner asks for.
import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { type OpenLoop, type OpenLoopOptions, runOpenLoop } from './open-loop.ts';
import type { FromWorker, ToWorker, WorkerError, WorkerSetup } from './open-loop-messages.ts';
import { OpsRecorder } from './open-loop-recorder.ts';
import { takePrecedence } from './precedence.ts';

const countersEveryMs = 50;
const ORACLE = 'oracle';

/** A client and what is said of its operations. Rate, deadline and units are those of the header. */
export interface OpenLoopClient extends Pick<OpenLoopOptions, 'send' | 'inFlight'>, AsyncDisposable {
  readonly header: OpsHeader;
}

/**
 * Call it once, at the end of a worker's module that `startWorker` names. `open` prepares the client; sending begins
 * when it resolves. Whatever it throws, and a disk that is full, arrives at the runner as the workload's failure.
 */
export function serveOpenLoop<D>(open: (setup: WorkerSetup<D>) => Promise<OpenLoopClient>): void {
  serve(open, workerData as WorkerSetup<D>).catch((error: unknown) =>
    post({ type: 'failed', error: toWorkerError(error) }),
  );
}

async function serve<D>(
  open: (setup: WorkerSetup<D>) => Promise<OpenLoopClient>,
  setup: WorkerSetup<D>,
): Promise<void> {
  const clock = createClock(setup.context.originNs);
  await using client = await open(setup);
  // What measures must not wait for its turn behind what is measured; an application would.
  if (setup.context.client === ORACLE) takePrecedence();
  const { header } = client;
  const recorder = new OpsRecorder(setup.context.opsFile, header);
  const loop = runOpenLoop({
    units: header.units.length,
    ratePerSecond: 1000 / header.spacingMs,
    deadlineMs: header.deadlineMs,
    inFlight: client.inFlight,
    clock,
    recorder,
    send: (operation) => client.send(operation),
  });
  post({ type: 'started' });
  const timer = setInterval(
    () => post({ type: 'counters', counters: recorder.counters(clock.nowMs()) }),
    countersEveryMs,
  );
  try {
    await Promise.race([obeyUntilStopped(loop, recorder), recorder.failed]);
    await loop.stop();
    await recorder.close();
  } finally {
    clearInterval(timer);
    await loop.stop();
  }
  post({ type: 'stopped', counters: recorder.counters(clock.nowMs()) });
}

function obeyUntilStopped(loop: OpenLoop, recorder: OpsRecorder): Promise<void> {
  return new Promise((resolve) => {
    const obey = (message: ToWorker): void => {
      switch (message.type) {
        case 'setRate':
          loop.setRate(message.perSecond);
          recorder.setSpacing(1000 / message.perSecond);
          break;
        case 'setPaused':
          loop.setPaused(message.paused);
          recorder.allowSilence(message.paused);
          break;
        case 'stop':
          parentPort?.off('message', obey);
          recorder.allowSilence(true);
          resolve();
          break;
      }
    };
    parentPort?.on('message', obey);
  });
}

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function toWorkerError(error: unknown): WorkerError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DrillError) return { code: error.code, message, at: error.at, hint: error.hint };
  return { code: 'WORKLOAD_FAILED', message, at: undefined, hint: undefined };
}
