// A real Redis primary with two replicas and three Sentinels on plain loopback ports: for tests that need the servers
// and not the links.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeConnections } from '../src/clients/redis-nodes.ts';
import { answered, primaryOf, readTopology, type TopologyFacts } from '../src/clients/redis-topology.ts';
import { PRIMARY_NAME } from '../src/clients/sentinel.ts';
import type { Address, AddressBook, NodeName } from '../src/core/node.ts';
import { temporaryDirectory } from '../src/core/temporary-directory.ts';
import { waitFor } from '../src/core/wait.ts';
import { provision } from '../src/toolchain/provision.ts';
import { freePorts } from './support/free-ports.ts';
import { isWhole } from './support/whole-redis.ts';

export interface SentinelSettings {
  readonly downAfterMs?: number;
  readonly minReplicasToWrite?: number;
}

const redisNames = ['redis-1', 'redis-2', 'redis-3'] as const;
const sentinelNames = ['sentinel-1', 'sentinel-2', 'sentinel-3'] as const;

/** Resolves when redis-1 is the primary, both replicas are in step and the Sentinels know each other. */
export async function startLoopbackSentinel(settings: SentinelSettings = {}): Promise<LoopbackSentinel> {
  const { tools } = await provision({ tools: ['redis-server'] });
  const dir = await mkdtemp(join(temporaryDirectory(), 'firedrill-test-'));
  const ports = await freePorts(redisNames.length + sentinelNames.length);
  const cluster = new LoopbackSentinel(dir, ports, tools['redis-server']);
  try {
    await cluster.start(settings);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

interface Program {
  readonly path: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export class LoopbackSentinel implements AsyncDisposable {
  readonly addresses: AddressBook;
  readonly dir: string;
  readonly #program: Program;
  readonly #processes = new Map<NodeName, ChildProcess>();

  constructor(dir: string, ports: readonly number[], program: Program) {
    this.dir = dir;
    this.#program = program;
    this.addresses = {
      from: 'test',
      rows: [...redisNames, ...sentinelNames].map((node, index) => {
        const address = { host: '127.0.0.1', port: ports[index] ?? 0 };
        const role = node.startsWith('redis') ? 'redis' : 'sentinel';
        return { node, service: 'cache', role, listener: 'main', announced: address, address };
      }),
    };
  }

  async start({ downAfterMs = 1000, minReplicasToWrite = 0 }: SentinelSettings): Promise<void> {
    const primary = this.addressOf('redis-1');
    for (const node of redisNames) {
      await this.launch(node, [
        `port ${this.addressOf(node).port}`,
        'bind 127.0.0.1',
        `dir ${this.dir}`,
        `dbfilename ${node}.rdb`,
        'save ""',
        'repl-diskless-sync-delay 0',
        'repl-ping-replica-period 1',
        `min-replicas-to-write ${minReplicasToWrite}`,
        'min-replicas-max-lag 2',
        ...(node === 'redis-1' ? [] : [`replicaof ${primary.host} ${primary.port}`]),
      ]);
    }
    // Before the Sentinels: they ask for the replicas when they start, and then only every 10 s.
    await this.until('replicas', ({ redis }) => answered(redis).filter(([, { linkUp }]) => linkUp).length === 2);
    for (const node of sentinelNames) {
      await this.launch(node, [
        `port ${this.addressOf(node).port}`,
        'bind 127.0.0.1',
        `dir ${this.dir}`,
        `sentinel monitor ${PRIMARY_NAME} ${primary.host} ${primary.port} 2`,
        `sentinel down-after-milliseconds ${PRIMARY_NAME} ${downAfterMs}`,
        `sentinel failover-timeout ${PRIMARY_NAME} 5000`,
      ]);
    }
    await this.until('steady state', (facts) => primaryOf(facts) === 'redis-1' && isWhole(facts));
  }

  addressOf(node: NodeName): Address {
    const row = this.addresses.rows.find((each) => each.node === node);
    if (row === undefined) throw new Error(`no such node: ${node}`);
    return row.address;
  }

  /** Asks all nodes until it holds. */
  async until(what: string, holds: (facts: TopologyFacts) => boolean): Promise<TopologyFacts> {
    await using connections = openNodeConnections(this.addresses, { timeoutMs: 400 });
    const ask = async (): Promise<TopologyFacts | undefined> => {
      const facts = await readTopology(connections, this.addresses);
      return holds(facts) ? facts : undefined;
    };
    return await waitFor(ask, { withinMs: 20_000, everyMs: 20, what });
  }

  async untilWhole(): Promise<TopologyFacts> {
    return await this.until('one primary and two replicas in step', isWhole);
  }

  signal(node: NodeName, signal: NodeJS.Signals): void {
    this.#processes.get(node)?.kill(signal);
  }

  async kill(node: NodeName): Promise<void> {
    const child = this.#processes.get(node);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async ask(node: NodeName, ...command: readonly [string, ...string[]]): Promise<unknown> {
    await using connections = openNodeConnections(this.addresses, { timeoutMs: 1000 });
    const [name, ...args] = command;
    return await connections.ask(node, (redis) => redis.call(name, ...args));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((node) => this.kill(node)));
    await rm(this.dir, { recursive: true, force: true });
  }

  async launch(node: NodeName, config: readonly string[]): Promise<void> {
    const file = join(this.dir, `${node}.conf`);
    await writeFile(file, `${config.join('\n')}\n`);
    const args = node.startsWith('sentinel') ? [file, '--sentinel'] : [file];
    const env = { ...process.env, ...this.#program.env };
    this.#processes.set(node, spawn(this.#program.path, args, { env, stdio: 'ignore' }));
  }
}
