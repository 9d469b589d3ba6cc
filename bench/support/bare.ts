// The same programs with the same settings and the same flags, each bound to 127.0.0.1, started by a shell, and nothing
// between them: what a cluster of ours is compared with.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster, ClusterSpec } from '../../src/core/cluster.ts';
import type { RuntimeContext, Service, ServiceSpec } from '../../src/core/kinds.ts';
import { type AddressRow, type Link, linkName, PROBE } from '../../src/core/node.ts';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { waitFor } from '../../src/core/wait.ts';
import type { Program } from '../../src/toolchain/recipe.ts';
import { plantSeed } from '../../src/toolchain/seed.ts';

/** A cluster of one service and one client host, as a drill's plan has it. */
export function specOf(service: Service, of: ServiceSpec, runId: string): ClusterSpec {
  const nodes = service.nodes(of);
  const clientHosts = ['client:writes'];
  const links: Link[] = [...service.links(nodes)];
  for (const from of [...clientHosts, PROBE]) {
    for (const node of nodes) {
      const listeners = node.serves?.[from === PROBE ? 'probes' : 'clients'] ?? Object.keys(node.ports);
      for (const listener of listeners)
        links.push({ name: linkName(from, node.name, listener), from, to: node.name, listener });
    }
  }
  const files = Object.fromEntries(nodes.map((node) => [node.name, service.files(node, nodes, of)]));
  return { runId, nodes, links, files, clientHosts };
}

/** For a runtime that is opened by hand. */
export function runtimeContext(): RuntimeContext {
  return {
    save: async () => undefined,
    onProgress: () => undefined,
    keep: false,
    logsTo: undefined,
    signal: new AbortController().signal,
  };
}

export type Bare = Pick<Cluster, 'addresses' | 'spec'> & AsyncDisposable;

export async function startBare(spec: ClusterSpec, program: Omit<Program, 'version'>): Promise<Bare> {
  const dir = await mkdtemp(join(temporaryDirectory(), 'firedrill-bench-'));
  const hosts = join(dir, 'hosts');
  await writeFile(hosts, '127.0.0.1 localhost\n');
  const lines: string[] = [];
  for (const node of spec.nodes) {
    const data = join(dir, node.name);
    const fill = (text: string): string =>
      withoutNames(text, spec).replace(/\{(data|config|bind|hosts|role)\}/g, (_, name: string) =>
        name === 'bind' ? '127.0.0.1' : name === 'hosts' ? hosts : name === 'role' ? node.role : data,
      );
    await mkdir(data);
    if (program.seed !== undefined) await plantSeed(program.seed, data, node.program.seed ?? {});
    for (const file of spec.files[node.name] ?? []) await writeFile(join(data, file.name), fill(file.text));
    const argv = [program.path, ...(program.args ?? []), ...node.program.args].map((arg) => `"${fill(arg)}"`);
    // A session for each, as ours have: that is what the kernel shares a busy machine out by.
    lines.push(`setsid ${argv.join(' ')} > ${data}/log 2>&1 & echo $!`);
  }
  const env = { ...process.env, ...program.env };
  const shell = spawn('sh', ['-c', lines.join('\n')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const pids: number[] = [];
  shell.stdout.on('data', (chunk: Buffer) => pids.push(...String(chunk).trim().split('\n').map(Number)));
  await once(shell.stdout, 'end').catch(() => undefined);
  return {
    spec,
    addresses: (from) => ({ from, rows: rowsOf(spec) }),
    [Symbol.asyncDispose]: async () => {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await waitFor(() => (pids.some(isThere) ? undefined : true), { withinMs: 10_000, everyMs: 5, what: 'their end' });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function withoutNames(text: string, { nodes }: ClusterSpec): string {
  return nodes.reduce(
    (all, { name }) => all.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), '127.0.0.1'),
    text,
  );
}

/** What the probes may reach. */
function rowsOf({ nodes }: ClusterSpec): AddressRow[] {
  return nodes.flatMap(({ name: node, service, role, ports, serves }) =>
    (serves?.probes ?? Object.keys(ports)).map((listener) => {
      const address = { host: '127.0.0.1', port: ports[listener] ?? 0 };
      return { node, service, role, listener, announced: address, address };
    }),
  );
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
