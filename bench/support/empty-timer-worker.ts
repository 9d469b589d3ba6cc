// The yardstick: the same schedule, in a plain timer loop that does nothing when something is due.
import { parentPort, workerData } from 'node:worker_threads';

const { ratePerSecond } = workerData as { ratePerSecond: number };
const spacingNs = BigInt(Math.round(1e9 / ratePerSecond));
const latenesses: number[] = [];
let dueNs = process.hrtime.bigint();
let timer = setTimeout(tick, 1);

function tick(): void {
  for (let nowNs = process.hrtime.bigint(); dueNs <= nowNs; dueNs += spacingNs) {
    latenesses.push(Number(nowNs - dueNs) / 1e6);
    nowNs = process.hrtime.bigint();
  }
  timer = setTimeout(tick, 1);
}

parentPort?.once('message', () => {
  clearTimeout(timer);
  parentPort?.postMessage({ latenesses, cpuMicros: process.threadCpuUsage() });
});
