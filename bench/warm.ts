// Time to the first verdict on a warm cluster against one that has to be started, in turn, and of it what passes before
// the workloads start. `npm run bench -- warm [drill] [pairs]`
import { createSandbox, type Sandbox } from '../test/e2e/support/sandbox.ts';
import { median } from './support/bare.ts';

interface Took {
  /** From the command until the workloads start. */
  readonly readyMs: number;
  /** From the command until it has told its verdict and left. */
  readonly verdictMs: number;
  readonly verdict: string;
  readonly warm: boolean;
}

async function measure(sandbox: Sandbox, argv: readonly string[]): Promise<Took> {
  const calledNs = process.hrtime.bigint();
  const run = sandbox.start(['run', ...argv]);
  await run.ended;
  const verdictMs = Number(process.hrtime.bigint() - calledNs) / 1e6;
  const { verdict, warm } = await run.result();
  const events = await run.events();
  const origin = events.find((event) => event.type === 'run');
  const warmUp = events.find((event) => event.type === 'phase' && event.phase === 'warmUp');
  if (origin?.type !== 'run' || warmUp === undefined) throw new Error(`${run.stderr()}\nit came to no warm-up`);
  const readyMs = Number(BigInt(origin.originNs) - calledNs) / 1e6 + warmUp.atMs;
  return { readyMs, verdictMs, verdict, warm: warm !== undefined };
}

const drill = process.argv[3] ?? 'redis-primary-kill';
const pairs = Number(process.argv[4] ?? 3);
await using sandbox = await createSandbox();
const up = await sandbox.run(['cluster', 'up', drill]);
if (up.code !== 0) throw new Error(up.stderr);
const [cold, warm]: [Took[], Took[]] = [[], []];
try {
  for (let pair = 1; pair <= pairs; pair++) {
    const [one, other] = [await measure(sandbox, [drill, '--cold']), await measure(sandbox, [drill])];
    if (!other.warm) throw new Error('the warm cluster was not used');
    cold.push(one);
    warm.push(other);
    const said = [one, other].map(({ readyMs, verdictMs, verdict }) =>
      [(readyMs / 1000).toFixed(2), (verdictMs / 1000).toFixed(2), verdict].join(' s, '),
    );
    process.stderr.write(`${pair}: cold ${said[0]}; warm ${said[1]}\n`);
  }
} finally {
  await sandbox.run(['cluster', 'down']);
}
const middle = (all: readonly Took[], of: 'readyMs' | 'verdictMs'): string =>
  `${(median(all.map((took) => took[of])) / 1000).toFixed(2)} s`;
process.stdout.write(
  `${drill}, ${pairs} pairs: until the workloads start, cold ${middle(cold, 'readyMs')}, warm ${middle(warm, 'readyMs')}; until the verdict, cold ${middle(cold, 'verdictMs')}, warm ${middle(warm, 'verdictMs')}\n`,
);
