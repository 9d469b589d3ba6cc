// Kills the runner with -9 at random moments, 30 of them over a whole run and 30 more beside a run that goes on, and
// lets `firedrill rollback` clean up. The bar: exit 0, no process, no directory, no lease and no undo state is left, no
// container, network, volume or image more than before, and the other runs pass.
//   npm run bench -- kill-nine [moments] [seed] [local | docker] [redis | kafka]
// The runs that go on are of Redis, whatever is killed beside them: two cores have no room for two Kafkas.
import { imageIds } from '../test/e2e/support/engine.ts';
import { everything, everythingOfKafka } from '../test/e2e/support/everything.ts';
import { killAndRollBack, moments } from '../test/e2e/support/kill-nine.ts';
import { leftovers } from '../test/e2e/support/leftovers.ts';
import { quickDrill } from '../test/e2e/support/quick-drill.ts';
import { createSandbox } from '../test/e2e/support/sandbox.ts';

const [count = 30, seed = 1] = process.argv.slice(3, 5).map(Number);
const [runtime = 'local', service = 'redis'] = process.argv.slice(5);
const kill = {
  name: 'kill',
  fault: 'process.kill',
  targets: 'redis-primary',
  hold: { until: 'recovered', atMost: '15s' },
};
const rto = { assert: 'rto', of: 'writes', since: 'kill', with: { atMost: '14s' } };
const bystander = quickDrill({ method: [kill], assertions: [rto] });

await using sandbox = await createSandbox({ runtime });
const images = (): string => (sandbox.contained ? imageIds().join(' ') : '');
const imagesBefore = images();
const name = sandbox.addDrill('everything', service === 'kafka' ? everythingOfKafka : everything);
sandbox.addDrill('bystander', bystander);
const whole = performance.now();
const undisturbed = await sandbox.run(['run', name]);
const tookMs = performance.now() - whole;
console.log(
  `undisturbed: exit ${undisturbed.code} after ${(tookMs / 1000).toFixed(1)} s; ${count} moments, seed ${seed}`,
);
let failures = undisturbed.code === 0 ? 0 : 1;
for (const atMs of moments(count, tookMs, seed)) await one(atMs);
failures += await besideOthers(moments(count, tookMs, seed + 1));
if (images() !== imagesBefore) failures += 1;
console.log(failures === 0 ? 'nothing was left' : `${failures} FAILED`);
if (failures > 0) process.exitCode = 1;

async function besideOthers(all: readonly number[]): Promise<number> {
  let [other, disturbed, runs] = [sandbox.start(['run', 'bystander']), 0, 0];
  for (const [index, atMs] of all.entries()) {
    await one(atMs, [await other.runId(), `process ${other.pid} `, `"pid":${other.pid},`]);
    // A new one for the next few: it takes about as long as three of the others.
    if (index % 3 !== 2 && index !== all.length - 1) continue;
    runs += 1;
    const code = await other.ended;
    if (code !== 0) disturbed += 1;
    console.log(`beside it a run ended with ${code}`);
    if (code !== 0) console.log(other.stdout());
    if (index !== all.length - 1) other = sandbox.start(['run', 'bystander']);
  }
  console.log(`${runs} runs beside it, ${disturbed} disturbed`);
  return disturbed + leftovers(sandbox).length;
}

async function one(atMs: number, besides: readonly string[] = []): Promise<void> {
  const killed = await killAndRollBack(sandbox, name, { atMs, besides });
  const isClean = killed.rollback.code === 0 && killed.left.length === 0;
  if (!isClean) failures += 1;
  const seconds = `${(atMs / 1000).toFixed(2)} s`.padStart(8);
  console.log(
    `${isClean ? 'ok  ' : 'FAIL'} ${seconds}  exit ${killed.rollback.code} in ${Math.round(killed.tookMs)} ms  ${killed.during}`,
  );
  if (!isClean) console.log(killed.rollback.stderr, killed.rollback.stdout, killed.left);
}
