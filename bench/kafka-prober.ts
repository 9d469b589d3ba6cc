// Recovery time of a killed Kafka leader against an independent prober, on plain loopback: 3 brokers, session 6 s. The
// bar: as an outage, the prober's interval meets the oracle's in every run, everything settles and nothing acknowledged
// with acks=all is lost.   npm run bench -- kafka-prober [runs]
import { startKafkaLedger } from '../test/run-ledger.ts';
import {
  ledgerCount,
  longestProbed,
  measured,
  meet,
  startFailoverKafka,
  untilOkForLong,
} from '../test/support/kafka-failover.ts';
import { startKafkaProber } from '../test/support/kafka-prober.ts';

const deadlineMs = 500;

interface Row {
  readonly meets: boolean;
  readonly lost: number;
  readonly text: string;
}

const [runs = '10'] = process.argv.slice(3);
console.log('run   prober, ms           oracle, ms          width    end apart   settled by   lost   meets');
const rows: Row[] = [];
for (let run = 1; run <= Number(runs); run++) {
  // A machine that is too busy for a steady state says nothing of either of them, and counts as a miss.
  const row = await killLeader().catch((error: Error): Row => ({ meets: false, lost: 0, text: error.message }));
  rows.push(row);
  console.log(`${String(run).padStart(3)}   ${row.text}`);
}
const meets = rows.filter((row) => row.meets).length;
const lost = rows.reduce((sum, row) => sum + row.lost, 0);
console.log(`${meets} of ${rows.length} meet, ${lost} lost`);
if (meets < rows.length || lost > 0) process.exitCode = 1;

async function killLeader(): Promise<Row> {
  await using cluster = await startFailoverKafka();
  await using prober = await startKafkaProber(cluster.book('client'), { topic: 'orders', partition: 0, acks: 'all' });
  await using oracle = await startKafkaLedger(cluster, { topic: 'orders', deadline: `${deadlineMs}ms` });
  await oracle.until('a warm-up', ({ ok }) => ok >= 1500);
  const hurtAtMs = oracle.nowMs();
  await cluster.kill('broker-1');
  await oracle.until('an outage', ({ okSinceMs }) => okSinceMs === undefined);
  await untilOkForLong(oracle);
  const { ops } = await oracle.finish();
  const probed = longestProbed(await prober.gaps(oracle.originNs), hurtAtMs);
  const seen = await measured(oracle, hurtAtMs);
  const outage = seen.longest(0);
  const { lowMs, highMs = Number.NaN, toMs = Number.NaN } = outage;
  await cluster.start('broker-1');
  const { lost } = await ledgerCount(oracle, seen);
  const meets = meet(probed, outage);
  const settledByMs = Math.max(...ops.map((op) => op.settledMs - op.sentMs));
  const columns = [
    `${ms(probed.lowMs)}-${ms(probed.highMs)}`.padEnd(18),
    `${ms(lowMs)}-${ms(highMs)}`.padEnd(18),
    ms(highMs - lowMs).padStart(7),
    ms(toMs - probed.toMs).padStart(11),
    ms(settledByMs).padStart(12),
    String(lost).padStart(6),
  ];
  return { meets, lost, text: `${columns.join(' ')}   ${meets ? 'yes' : 'NO'}` };
}

function ms(value: number): string {
  return value.toFixed(1);
}
