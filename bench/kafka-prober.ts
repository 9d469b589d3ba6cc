// Recovery time of a killed Kafka leader against an independent prober, on plain loopback: 3 brokers, session 6 s. The
// bar: as an outage, the prober's interval meets the oracle's in every run, everything settles and nothing acknowledged
// with acks=all is lost.   npm run bench -- kafka-prober [runs]
import { startKafkaLedger } from '../test/run-ledger.ts';
import { ledgerCount, measured, startFailoverKafka, untilOkForLong } from '../test/support/kafka-failover.ts';
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
  const row = await killLeader();
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
  const [probed] = (await prober.gaps(oracle.originNs)).toSorted((a, b) => b.highMs - a.highMs);
  const seen = await measured(oracle, hurtAtMs);
  const { lowMs, highMs, toMs } = seen.longest(0);
  if (probed === undefined || highMs === undefined || toMs === undefined) throw new Error('nobody saw an outage');
  await cluster.start('broker-1');
  const { lost } = await ledgerCount(oracle, seen);
  const meets = probed.lowMs <= highMs && lowMs <= probed.highMs;
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
