// What a lost leader costs each client: the longest outage of every partition, for the oracle and the subjects side by
// side on plain loopback (3 brokers, session 6 s). `kill`: connections are closed. `pause`: they stay open, and nothing
// comes back. The bar: nothing that was acknowledged with acks=all is lost.   npm run bench -- kafka-subjects [kill|pause]
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaLedger } from '../src/workloads/kafka-ledger.ts';
import { type LedgerRun, startKafkaLedger } from '../test/run-ledger.ts';
import {
  ledgerCount,
  type Measured,
  measured,
  startFailoverKafka,
  untilOkForLong,
} from '../test/support/kafka-failover.ts';

const [how = 'kill'] = process.argv.slice(3);
const params = { topic: 'orders', rate: '10/s', deadline: '2s' };

await using cluster = await startFailoverKafka();
const runs: LedgerRun[] = [];
for (const client of kafkaLedger.clients) runs.push(await startKafkaLedger(cluster, params, { client }));
await Promise.all(runs.map((run) => run.until('a warm-up', ({ ok }) => ok >= 200)));
const hurtAtMs = runs.map((run) => run.nowMs());
if (how === 'kill') await cluster.kill('broker-1');
else cluster.signal('broker-1', 'SIGSTOP');
// Until the slowest deadline has passed, and whoever is hurt has noticed.
await sleep(3000);
await Promise.all(runs.map((run) => untilOkForLong(run).catch(() => undefined)));
await Promise.all(runs.map((run) => run.finish()));
if (how === 'kill') await cluster.start('broker-1');
else cluster.signal('broker-1', 'SIGCONT');

console.log(`${'client'.padEnd(24)}orders/0, s     orders/1, s     orders/2, s     lost   duplicates`);
for (const [at, run] of runs.entries()) {
  await using ended = run;
  const seen = await measured(ended, hurtAtMs[at] ?? 0);
  const { lost, duplicates } = await ledgerCount(ended, seen);
  const outages = [0, 1, 2].map((unit) => outageOf(seen, unit).padEnd(16));
  console.log(`${kafkaLedger.clients[at]?.padEnd(24)}${outages.join('')}${String(lost).padStart(4)}   ${duplicates}`);
  if (lost > 0) process.exitCode = 1;
}

function outageOf(seen: Measured, unit: number): string {
  const { lowMs, highMs } = seen.longest(unit);
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  return highMs === undefined ? `over ${seconds(lowMs)}` : `${seconds(lowMs)}-${seconds(highMs)}`;
}
