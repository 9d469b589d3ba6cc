// A real Kafka on plain loopback ports, without links: for tests that need the servers only. The smallest that proves
// the point: `{ combined: 1 }` is one process that is broker and controller.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address, AddressBook, AddressRow, NodeName } from '../src/core/node.ts';
import { temporaryDirectory } from '../src/core/temporary-directory.ts';
import { provision } from '../src/toolchain/provision.ts';
import type { Program } from '../src/toolchain/recipe.ts';
import { plantSeed } from '../src/toolchain/seed.ts';
import { freePorts } from './support/free-ports.ts';
import { KafkaProcesses } from './support/kafka-processes.ts';

export interface LoopbackKafkaOptions {
  readonly brokers?: number;
  readonly controllers?: number;
  /** Nodes that are both, instead: `broker-1`, …, with role `broker`. */
  readonly combined?: number;
  /** Over the defaults, for every node: `{ 'broker.session.timeout.ms': 2000 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

type Roles = 'broker' | 'controller' | 'broker,controller';

interface Node {
  readonly name: NodeName;
  readonly roles: Roles;
  readonly id: number;
  /** Listener name → port. */
  readonly ports: Readonly<Record<string, number>>;
}

const HOST = '127.0.0.1';

/** Resolves when every broker is unfenced. */
export async function startLoopbackKafka(options: LoopbackKafkaOptions = {}): Promise<LoopbackKafka> {
  const { tools } = await provision({ tools: ['kafka'] });
  const nodes = await nodesOf(options);
  const dir = await mkdtemp(join(temporaryDirectory(), 'firedrill-kafka-test-'));
  const cluster = new LoopbackKafka(dir, nodes, tools.kafka);
  try {
    await cluster.prepare(options.settings ?? {});
    await Promise.all(nodes.map(({ name }) => cluster.start(name)));
    await Promise.all(nodes.map(({ name }) => cluster.untilUp(name)));
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

export class LoopbackKafka implements AsyncDisposable {
  readonly addresses: AddressBook;
  readonly dir: string;
  readonly nodes: readonly Node[];
  readonly #program: Program;
  readonly #processes: KafkaProcesses;

  constructor(dir: string, nodes: readonly Node[], program: Program) {
    this.dir = dir;
    this.nodes = nodes;
    this.#program = program;
    this.#processes = new KafkaProcesses(dir, program);
    this.addresses = { from: 'test', rows: nodes.flatMap(rowsOf) };
  }

  /** The book with one row a node: its listener of this name, or (a controller has no `client`) `controller`. */
  book(listener: 'client' | 'probe'): AddressBook {
    const isIt = ({ role, listener: own }: AddressRow): boolean =>
      own === listener || (listener === 'client' && role === 'controller' && own === 'controller');
    return { from: this.addresses.from, rows: this.addresses.rows.filter(isIt) };
  }

  addressOf(node: NodeName, listener = 'client'): Address {
    const row = this.addresses.rows.find((each) => each.node === node && each.listener === listener);
    if (row === undefined) throw new Error(`no such node or listener: ${node} ${listener}`);
    return row.address;
  }

  /** `host:port` of every broker's `client` listener. */
  get bootstrap(): string[] {
    const rows = this.addresses.rows.filter(({ listener }) => listener === 'client');
    return rows.map(({ address }) => `${address.host}:${address.port}`);
  }

  async prepare(settings: Readonly<Record<string, string | number>>): Promise<void> {
    await writeFile(join(this.dir, 'hosts'), '127.0.0.1 localhost\n');
    for (const node of this.nodes) {
      const data = this.#path(node.name, 'data');
      await mkdir(data, { recursive: true });
      if (this.#program.seed !== undefined) await plantSeed(this.#program.seed, data, seedOf(this.dir, node.id));
      const lines = Object.entries({ ...propertiesOf(node, this.nodes), ...settings, 'log.dirs': data });
      const text = lines.map(([name, value]) => `${name}=${value}\n`).join('');
      await writeFile(this.#path(node.name, 'server.properties'), text);
    }
  }

  /** Starts it with the data that it has. Does nothing when it runs. */
  async start(name: NodeName): Promise<void> {
    this.#processes.start(name, this.#node(name).roles === 'controller' ? 'controller' : 'broker');
  }

  /** A broker says so when it is registered, unfenced and caught up. */
  untilUp(name: NodeName): Promise<void> {
    return this.#processes.untilUp(name);
  }

  /** What it has printed since its last start. */
  log(name: NodeName): Promise<string> {
    return this.#processes.log(name);
  }

  signal(name: NodeName, signal: NodeJS.Signals): void {
    this.#processes.signal(name, signal);
  }

  kill(name: NodeName): Promise<void> {
    return this.#processes.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }

  #node(name: NodeName): Node {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`no such node: ${name}`);
    return node;
  }

  #path(name: NodeName, file: string): string {
    return join(this.dir, name, file);
  }
}

const listenersOf: Readonly<Record<Roles, readonly string[]>> = {
  broker: ['peer', 'client', 'probe'],
  controller: ['controller', 'probe'],
  'broker,controller': ['peer', 'client', 'probe', 'controller'],
};

async function nodesOf({ brokers = 3, controllers = 3, combined = 0 }: LoopbackKafkaOptions): Promise<Node[]> {
  const named = (prefix: string, count: number, firstId: number, roles: Roles): Omit<Node, 'ports'>[] =>
    Array.from({ length: count }, (_, at) => ({ name: `${prefix}-${at + 1}`, roles, id: firstId + at }));
  const plain =
    combined > 0
      ? named('broker', combined, 1, 'broker,controller')
      : [...named('controller', controllers, 101, 'controller'), ...named('broker', brokers, 1, 'broker')];
  const ports = await freePorts(plain.length * 4);
  return plain.map((node, at) => {
    const own = listenersOf[node.roles].map((listener, index) => [listener, ports[at * 4 + index] ?? 0] as const);
    return { ...node, ports: Object.fromEntries(own) };
  });
}

function rowsOf({ name, roles, ports }: Node): AddressRow[] {
  const role = roles === 'controller' ? 'controller' : 'broker';
  return Object.entries(ports).map(([listener, port]) => {
    const address = { host: HOST, port };
    return { node: name, service: 'events', role, listener, announced: address, address };
  });
}

function propertiesOf({ id, roles, ports }: Node, nodes: readonly Node[]): Record<string, string | number> {
  const voters = nodes.filter((node) => node.roles.includes('controller'));
  const brokers = nodes.filter((node) => node.roles.includes('broker')).length;
  const listeners = Object.entries(ports).map(([name, port]) => [name.toUpperCase(), `${HOST}:${port}`] as const);
  const isBroker = roles.includes('broker');
  const controllerNames = roles === 'controller' ? 'CONTROLLER,PROBE' : 'CONTROLLER';
  return {
    'process.roles': roles,
    'node.id': id,
    'controller.quorum.voters': voters.map((voter) => `${voter.id}@${HOST}:${voter.ports['controller']}`).join(),
    'controller.listener.names': controllerNames,
    'listener.security.protocol.map': ['PEER', 'CLIENT', 'PROBE', 'CONTROLLER'].map((it) => `${it}:PLAINTEXT`).join(),
    listeners: listeners.map(([name, address]) => `${name}://${address}`).join(),
    ...(isBroker ? { 'inter.broker.listener.name': 'PEER' } : {}),
    ...(roles === 'broker' ? {} : { 'default.replication.factor': Math.min(3, brokers) }),
    'offsets.topic.replication.factor': Math.min(3, brokers),
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': Math.min(3, brokers),
    'transaction.state.log.min.isr': Math.min(2, brokers),
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': Math.min(3, brokers),
    'share.coordinator.state.topic.min.isr': Math.min(2, brokers),
    'min.insync.replicas': Math.min(2, brokers),
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': 0,
    // As the service has it: the usual 128 MB are half of a node's heap.
    'log.cleaner.dedupe.buffer.size': 2_097_152,
  };
}

/** Ids that are as unique as the directory. */
function seedOf(dir: string, id: number): Record<string, string> {
  const uuid = (text: string): string =>
    createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url').replace(/^-/, 'A');
  return { 'cluster.id': uuid(dir), 'node.id': String(id), 'directory.id': uuid(`${dir}/${id}`) };
}
