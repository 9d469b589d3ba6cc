// A thread that keeps some of what it makes for a while, so that V8 has to collect the old garbage several times a second.
import { parentPort, workerData } from 'node:worker_threads';
import { takePrecedence } from '../../src/workloads/precedence.ts';

const EVERY_MS = 10;
const AT_ONCE = 50;
const [MOST_KEPT, LEAST_KEPT] = [2000, 500];

const { preferred } = workerData as { readonly preferred: boolean };
const kept: unknown[][] = [];
parentPort?.postMessage(preferred && takePrecedence());
setInterval(() => {
  for (let made = 0; made < AT_ONCE; made++) kept.push(Array.from({ length: 2000 }, () => 0));
  if (kept.length > MOST_KEPT) kept.splice(0, MOST_KEPT - LEAST_KEPT);
}, EVERY_MS);
