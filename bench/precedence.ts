// What precedence costs everybody else: how long the runner's thread stands still while two threads make garbage, with
// precedence and without, in turn. The bar: a tenth of a second, with it; a stutter begins at a quarter.
//   npm run bench -- precedence [seconds of each]
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const BAR_MS = 100;
const EVERY_MS = 5;
const seconds = Number(process.argv[3] ?? 30);

for (const preferred of [false, true]) {
  const stoodStillMs = await measure(preferred);
  console.log(`${preferred ? 'with' : 'without'} precedence: at most ${stoodStillMs.toFixed(0)} ms in ${seconds} s`);
  if (preferred && !(stoodStillMs <= BAR_MS)) process.exitCode = 1;
}

async function measure(preferred: boolean): Promise<number> {
  const module = new URL('./support/garbage-worker.ts', import.meta.url);
  const workers = [1, 2].map(() => new Worker(module, { workerData: { preferred } }));
  const taken = await Promise.all(workers.map(async (worker) => ((await once(worker, 'message')) as [boolean])[0]));
  if (taken.some((each) => each !== preferred)) throw new Error('precedence is not to be had here');
  let [lastMs, worstMs] = [performance.now(), 0];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    worstMs = Math.max(worstMs, nowMs - lastMs - EVERY_MS);
    lastMs = nowMs;
  }, EVERY_MS);
  await sleep(seconds * 1000);
  clearInterval(timer);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return worstMs;
}
