// Recovery time against an independent prober, by kill, pause and silent cut of Redis's primary, and by kill of a leader of
// Kafka's, all through the links of a drill. The bar: as an outage, the
// prober's interval meets the oracle's in every run, and high - low is at most 2 × spacing + 20 ms (and, for a cut, what
// passed between its call and its proof).   npm run bench -- prober [runs of each] [faults, comma between them]
import { PROBED_FAULTS, type Probed, type ProbedFault, runProbed } from '../test/e2e/support/probed-run.ts';
import { createSandbox } from '../test/e2e/support/sandbox.ts';

const [runs = '20', faults = PROBED_FAULTS.join(',')] = process.argv.slice(3);
await using sandbox = await createSandbox();
console.log('fault   run   prober, ms          low, ms    high, ms   width   allowed   meets');
for (const fault of faults.split(',') as ProbedFault[]) {
  const all: Probed[] = [];
  for (let run = 1; run <= Number(runs); run++) {
    const one = await runProbed(sandbox, fault);
    all.push(one);
    console.log(`${fault.padEnd(8)}${String(run).padStart(3)}   ${rowOf(one)}`);
  }
  const meets = all.filter(({ intersects }) => intersects).length;
  const narrow = all.filter(({ measured, allowedWidthMs }) => widthOf(measured) <= allowedWidthMs).length;
  console.log(`${fault}: ${meets} of ${all.length} meet, ${narrow} of ${all.length} are as narrow as allowed\n`);
  if (meets < all.length || narrow < all.length) process.exitCode = 1;
}

function rowOf({ probed, measured, allowedWidthMs, intersects }: Probed): string {
  const columns = [
    `${ms(probed.lowMs)}-${ms(probed.highMs)}`.padEnd(18),
    ms(measured.lowMs).padStart(9),
    ms(measured.highMs).padStart(11),
    ms(widthOf(measured)).padStart(7),
    ms(allowedWidthMs).padStart(9),
  ];
  const span = (from: number, to: number): string => `${ms(from)}-${ms(to)}`;
  const where = `NO: prober ${span(probed.fromMs, probed.toMs)}, oracle ${span(measured.fromMs, measured.fromMs + measured.highMs)}`;
  return `${columns.join(' ')}   ${intersects ? 'yes' : where}`;
}

function widthOf({ lowMs, highMs }: Probed['measured']): number {
  return highMs - lowMs;
}

function ms(value: number): string {
  return value.toFixed(1);
}
