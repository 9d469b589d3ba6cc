// Cold start to steady state in containers, twelve nodes and the hub: the runtime `docker` against a bare `docker compose
// up` of the same file until the same questions are answered, in turn. The images are there. The bar: at most 1.3 times as
// long.   npm run bench -- docker-start [rounds]
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtin } from '../src/builtin.ts';
import { createClock } from '../src/core/clock.ts';
import type { Cluster, ClusterSpec } from '../src/core/cluster.ts';
import { loadDrill } from '../src/drill/load.ts';
import { makePlan } from '../src/engine/plan.ts';
import { newHandle, readOccupied } from '../src/runtimes/docker/bring-up.ts';
import { clusterOf } from '../src/runtimes/docker/cluster.ts';
import { renderCompose, variables } from '../src/runtimes/docker/compose.ts';
import { dockerRuntime } from '../src/runtimes/docker/docker.ts';
import { openEngine } from '../src/runtimes/docker/engine.ts';
import { imageVariables, prepare } from '../src/runtimes/docker/prepare.ts';
import { blockOf, projectOf, readState } from '../src/runtimes/docker/state.ts';
import { leaseSubnet } from '../src/runtimes/own/lease.ts';
import { median, runtimeContext } from './support/bare.ts';

const BAR = 1.3;
const GIVE_UP_MS = 180_000;
const rounds = Number(process.argv[3] ?? 3);
const drillFile = join(import.meta.dirname, '../drills/az-lost.drill.yaml');
const plan = makePlan((await loadDrill(drillFile, { registry: builtin })).drill, builtin, dockerRuntime);
const { images } = await prepare(runtimeContext(), plan.spec.nodes);

async function untilSteady(cluster: Cluster, startedNs: bigint): Promise<number> {
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  const live = { cluster, clock: createClock(), journal: { write: () => undefined }, signal };
  const ready = [...plan.services].map(async ([name, service]) => {
    const spec = plan.serviceSpecs.get(name);
    if (spec !== undefined) await service.prepare?.(spec, live);
  });
  await Promise.all(ready);
  return Number(process.hrtime.bigint() - startedNs) / 1e6;
}

/** The file that the runtime would write, by hand. What tears it down is the runtime's own: that is not measured. */
async function startBare(spec: ClusterSpec): Promise<Cluster> {
  const subnet = await leaseSubnet(spec.runId, { listeners: await readOccupied() });
  const handle = newHandle({ spec, cx: { keep: false, logsTo: undefined }, subnet, images: imageVariables(images) });
  const state = readState(handle);
  await mkdir(state.directory, { recursive: true });
  const file = join(state.directory, 'docker-compose.yml');
  await writeFile(file, renderCompose({ topology: spec }));
  const profiles = [...plan.services.keys()].flatMap((name) => ['--profile', name]);
  const argv = ['compose', '-p', projectOf(spec.runId), '-f', file, ...profiles, 'up', '-d'];
  const env = { ...process.env, [variables.run]: spec.runId, [variables.block]: blockOf(state), ...state.images };
  await promisify(execFile)('docker', argv, { env });
  return clusterOf(handle, openEngine());
}

async function timed(start: (spec: ClusterSpec) => Promise<Cluster>, name: string): Promise<number> {
  const startedNs = process.hrtime.bigint();
  await using cluster = await start({ ...plan.spec, runId: `bench-${name}-${process.pid}-${startedNs % 1_000_000n}` });
  return await untilSteady(cluster, startedNs);
}

const times = { ours: [] as number[], bare: [] as number[] };
for (let round = 0; round < rounds; round++) {
  times.ours.push(await timed((spec) => dockerRuntime.open(spec, runtimeContext()), 'ours'));
  times.bare.push(await timed(startBare, 'bare'));
  const [ours, bare] = [times.ours.at(-1) ?? 0, times.bare.at(-1) ?? 0];
  process.stderr.write(`${round + 1}: ${ours.toFixed(0)} ms, bare ${bare.toFixed(0)} ms\n`);
}
const [ours, bare] = [median(times.ours), median(times.bare)];
const ratio = ours / bare;
process.stdout.write(
  `cold start to steady state of ${plan.spec.nodes.length} nodes and the hub, ${rounds} rounds: median ${ours.toFixed(0)} ms, bare docker compose up ${bare.toFixed(0)} ms (ratio ${ratio.toFixed(2)}, bar ${BAR})\n`,
);
if (!(ratio <= BAR)) process.exitCode = 1;
