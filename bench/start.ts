// Cold start to steady state: a cluster of the runtime `local` (Toxiproxy and all links) against the bare processes
// started by a shell script, in turn, both until the same probe says the same. `npm run bench -- start [pairs]`
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClock } from '../src/core/clock.ts';
import type { Cluster, ClusterSpec } from '../src/core/cluster.ts';
import type { Json } from '../src/core/json.ts';
import { type AddressBook, type Link, linkName, type NodeSpec, PROBE } from '../src/core/node.ts';
import { redisTopology } from '../src/probes/redis-topology.ts';
import { localRuntime } from '../src/runtimes/local/local.ts';
import { redisSentinel } from '../src/services/redis-sentinel/service.ts';
import { provision } from '../src/toolchain/provision.ts';

const POLL_MS = 5;
const GIVE_UP_MS = 30_000;

const spec = { name: 'redis-sentinel', settings: {}, basePort: 6301 };
const nodes = redisSentinel.nodes(spec);

/** Time until the hypothesis of the shipped drills holds. */
async function untilSteady(cluster: Pick<Cluster, 'addresses'>, startedNs: bigint): Promise<number> {
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  const cx = { cluster: cluster as Cluster, clock: createClock(), journal: { write: () => undefined }, signal };
  await using probe = await redisTopology.open({ service: undefined }, cx);
  for (;;) {
    signal.throwIfAborted();
    const value = await probe.read(signal).catch(() => undefined);
    if (value !== undefined && isSteady(value)) return Number(process.hrtime.bigint() - startedNs) / 1e6;
    await sleep(POLL_MS);
  }
}

function isSteady(value: Json): boolean {
  const { acceptingWrites, replicasInStep, sentinelsAgreeing, canFailOver, replicasKnown } = value as Record<
    string,
    Json
  >;
  return (
    acceptingWrites === 1 && replicasInStep === 2 && sentinelsAgreeing === 3 && canFailOver === 3 && replicasKnown === 2
  );
}

function specOf(runId: string): ClusterSpec {
  const clientHosts = ['client:writes'];
  const links: Link[] = [...redisSentinel.links(nodes)];
  for (const from of [...clientHosts, PROBE]) {
    for (const node of nodes) links.push({ name: linkName(from, node.name), from, to: node.name, listener: node.role });
  }
  const files = Object.fromEntries(nodes.map((node) => [node.name, redisSentinel.files(node, nodes, spec)]));
  return { runId, nodes, links, files, clientHosts };
}

async function startOurs(round: number): Promise<number> {
  const startedNs = process.hrtime.bigint();
  const cx = {
    save: async () => undefined,
    onProgress: () => undefined,
    keep: false,
    logsTo: undefined,
    signal: new AbortController().signal,
  };
  await using cluster = await localRuntime.open(specOf(`bench-start-${process.pid}-${round}`), cx);
  return await untilSteady(cluster, startedNs);
}

/** The same programs with the same settings, each bound to 127.0.0.1, and nothing between them. */
async function startBare(server: {
  readonly path: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-bench-'));
  const startedNs = process.hrtime.bigint();
  const lines: string[] = [];
  for (const node of nodes) {
    const data = join(dir, node.name);
    await mkdir(data);
    for (const file of redisSentinel.files(node, nodes, spec))
      await writeFile(join(data, file.name), bare(file.text, data));
    lines.push(`"${server.path}" ${bare(node.program.args.join(' '), data)} > ${data}/log 2>&1 & echo $!`);
  }
  const shell = spawn('sh', ['-c', lines.join('\n')], {
    env: { ...process.env, ...server.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids: number[] = [];
  shell.stdout.on('data', (chunk: Buffer) => pids.push(...String(chunk).trim().split('\n').map(Number)));
  try {
    return await untilSteady({ addresses: () => bareBook() }, startedNs);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await sleep(50);
    await rm(dir, { recursive: true, force: true });
  }
}

function bare(text: string, data: string): string {
  const named = nodes.reduce(
    (all, node) => all.replaceAll(new RegExp(`(?<![\\w-])${node.name}(?![\\w-])`, 'g'), '127.0.0.1'),
    text,
  );
  return named.replaceAll('{bind}', '127.0.0.1').replaceAll('{data}', data).replaceAll('{config}', data);
}

function bareBook(): AddressBook {
  const row = (node: NodeSpec) => {
    const address = { host: '127.0.0.1', port: node.ports[node.role] ?? 0 };
    return {
      node: node.name,
      service: node.service,
      role: node.role,
      listener: node.role,
      announced: address,
      address,
    };
  };
  return { from: PROBE, rows: nodes.map(row) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

// A replica that finds its primary not yet listening tries again a second later: bare starts fall into two groups.
const pairs = Number(process.argv[3] ?? 9);
const { tools } = await provision({});
const [ours, barely, ratios]: [number[], number[], number[]] = [[], [], []];
for (let round = 0; round < pairs; round++) {
  const [a, b] = [await startOurs(round), await startBare(tools['redis-server'])];
  ours.push(a);
  barely.push(b);
  ratios.push(a / b);
  process.stderr.write(`${round + 1}: ${a.toFixed(0)} ms, bare ${b.toFixed(0)} ms, ratio ${(a / b).toFixed(2)}\n`);
}
process.stdout.write(
  `cold start to steady state, ${pairs} pairs: median ${median(ours).toFixed(0)} ms, bare ${median(barely).toFixed(0)} ms, ratio ${median(ratios).toFixed(2)} (bar: 1.25); fastest ${Math.min(...ours).toFixed(0)} ms, bare ${Math.min(...barely).toFixed(0)} ms\n`,
);
