// From the call of a fault to its proof, in containers: a replica is killed, hung, unplugged, cut and
// crashed, ten times each and undone each time. The bar: the median of each within 250 ms.   npm run bench -- docker-inject [times]
import type { StepState } from '../src/core/journal.ts';
import { quickDrill } from '../test/e2e/support/quick-drill.ts';
import { createSandbox } from '../test/e2e/support/sandbox.ts';
import { median } from './support/bare.ts';

const BAR_MS = 250;
const hurts = {
  'process.kill': { targets: 'redis-2' },
  'process.pause': { targets: 'redis-2' },
  'network.unplug': { targets: 'redis-2' },
  'network.partition': { with: { isolate: 'redis-2' } },
  'host.crash': { targets: 'redis-2' },
};
const times = Number(process.argv[3] ?? 10);
const faults = Object.keys(hurts) as (keyof typeof hurts)[];
const method = Array.from({ length: times }, (_, time) =>
  faults.flatMap((fault) => {
    const name = `${fault.replace('.', '-')}-${time + 1}`;
    const back = { name: `after-${name}`, waitFor: 'redis.topology', tolerance: { replicasInStep: 2 }, atMost: '30s' };
    return [{ name, fault, ...hurts[fault], hold: '500ms' }, back];
  }),
).flat();

await using sandbox = await createSandbox();
const run = sandbox.start(['run', sandbox.addDrill('inject', quickDrill({ method })), '--runtime', 'docker']);
await run.endsWith(0);
// By the journal: the result dates a fault by its evidence, which is there before all of the proof is.
const steps = (await run.events()).filter((event) => event.type === 'step');
const atMs = (step: string, state: StepState): number =>
  steps.find((event) => event.step === step && event.state === state)?.atMs ?? Number.NaN;
for (const fault of faults) {
  const names = method.flatMap((step) => ('fault' in step && step.fault === fault ? [step.name] : []));
  const tookMs = names.map((name) => atMs(name, 'confirmed') - atMs(name, 'called'));
  const middleMs = median(tookMs);
  const met = tookMs.length === times && middleMs <= BAR_MS;
  if (!met) process.exitCode = 1;
  const row = `median ${middleMs.toFixed(0)} ms of ${tookMs.length}, at most ${Math.max(...tookMs).toFixed(0)} ms`;
  console.log(`${fault.padEnd(18)} ${row} ${met ? '' : `MISSED: ${BAR_MS} ms`}`);
}
