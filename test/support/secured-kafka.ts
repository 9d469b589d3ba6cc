// Somebody else's Kafka, as a test has it: TLS, SASL and an authorizer, on plain processes that no runtime of ours knows.
// By default three nodes that are brokers and controllers, with numbers and racks as nobody of us would give them.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { throughOneBroker } from '../../src/clients/kafka-admin.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import type { Access } from '../../src/core/access.ts';
import type { Address, AddressBook, AddressRow } from '../../src/core/node.ts';
import type { ServiceTarget } from '../../src/core/target.ts';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { waitFor } from '../../src/core/wait.ts';
import { runStep } from '../../src/toolchain/command.ts';
import { provision } from '../../src/toolchain/provision.ts';
import type { Program } from '../../src/toolchain/recipe.ts';
import { type Authority, type Certificate, createAuthority, writePemStore } from './certificates.ts';
import { allow } from './kafka-acls.ts';
import {
  clientsOf,
  HOST,
  nodesOf,
  propertiesOf,
  type SecuredKafkaOptions,
  type SecuredNode,
  type Settings,
  scramOf,
  securityOf,
  startScript,
  uuid,
} from './secured-kafka-nodes.ts';

export type Mechanism = NonNullable<Access['sasl']>;

const UP_WITHIN_MS = 60_000;
const USERS = { admin: 'FIREDRILL_TEST_KAFKA_ADMIN_PASSWORD', firedrill: 'FIREDRILL_TEST_KAFKA_PASSWORD' } as const;
type User = keyof typeof USERS;

/** Resolves when every broker is unfenced and the rights of `firedrill` are in force. */
export async function startSecuredKafka(options: SecuredKafkaOptions = {}): Promise<SecuredKafka> {
  const { tools } = await provision({ tools: ['kafka', 'kafka-tools'] });
  const nodes = await nodesOf(options);
  const dir = await mkdtemp(join(temporaryDirectory(), 'firedrill-secured-kafka-'));
  const cluster = new SecuredKafka({ dir, nodes, program: tools.kafka, tls: options.tls });
  try {
    await cluster.prepare(options, tools['kafka-tools']);
    await Promise.all(nodes.map(({ name }) => cluster.start(name)));
    await Promise.all(nodes.map(({ name }) => cluster.untilUp(name)));
    await cluster.allow(options.rights ?? []);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

interface Parts {
  readonly dir: string;
  readonly nodes: readonly SecuredNode[];
  readonly program: Program;
  readonly tls: SecuredKafkaOptions['tls'];
}

export class SecuredKafka implements AsyncDisposable {
  readonly dir: string;
  readonly nodes: readonly SecuredNode[];
  /** Environment variable → password: what `access` refers to. Set in this process while the cluster lives. */
  readonly env: Readonly<Record<string, string>>;
  readonly #program: Program;
  readonly #tls: SecuredKafkaOptions['tls'];
  readonly #before = new Map<string, string | undefined>();

  constructor({ dir, nodes, program, tls }: Parts) {
    this.dir = dir;
    this.#tls = tls;
    this.nodes = nodes;
    this.#program = program;
    const random = (user: User): string => createHash('sha256').update(`${dir} ${user}`).digest('base64url');
    this.env = Object.fromEntries(Object.entries(USERS).map(([user, name]) => [name, `p-${random(user as User)}`]));
    for (const [name, value] of Object.entries(this.env)) {
      this.#before.set(name, process.env[name]);
      process.env[name] = value;
    }
  }

  get brokers(): readonly SecuredNode[] {
    return this.nodes.filter(({ roles }) => roles.includes('broker'));
  }

  /** Where clients begin, as reached from here. */
  get bootstrap(): readonly Address[] {
    return this.brokers.map(({ address }) => address);
  }

  /** Announced → reached, where that is not the same. */
  get ways(): Readonly<Record<string, Address>> {
    const named = this.brokers.filter(({ announced, address }) => announced.host !== address.host);
    return Object.fromEntries(named.map(({ announced, address }) => [`${announced.host}:${announced.port}`, address]));
  }

  get ca(): string {
    return join(this.dir, 'ca.pem');
  }

  /** Of a client, where nodes ask for one. */
  get certificate(): Certificate {
    return { cert: join(this.dir, 'client.pem'), key: join(this.dir, 'client.key') };
  }

  access(user: User = 'firedrill', sasl: Mechanism = 'SCRAM-SHA-512'): Access {
    const certificate = this.#tls === undefined ? {} : this.certificate;
    const tls = { ca: this.ca, ...certificate };
    return this.#tls === 'certificates' ? { tls } : { tls, user, password: { env: USERS[user] }, sasl };
  }

  /** As a target file says it. */
  target(access: Access = this.access()): ServiceTarget {
    return { name: 'kafka', seeds: this.bootstrap, access: { broker: access }, terms: {}, ways: this.ways };
  }

  /** The brokers, as an attached cluster has them. */
  book(access: Access = this.access(), from = 'test'): AddressBook {
    const rows = this.brokers.map(({ name, id, announced, address }): AddressRow => {
      const terms = { 'node.id': String(id) };
      return { node: name, service: 'kafka', role: 'broker', listener: 'client', announced, address, access, terms };
    });
    return { from, rows };
  }

  /** A program that controls nodes from outside: `<control> kill <name, or the port that clients have>`. */
  get control(): string {
    return join(this.dir, 'control');
  }

  /** What must not be found anywhere outside of its own directory. */
  get secrets(): readonly string[] {
    return Object.values(this.env);
  }

  async prepare({ settings = {}, tls }: SecuredKafkaOptions, tools: Program): Promise<void> {
    await copyFile(join(import.meta.dirname, 'node-control.sh'), this.control);
    await chmod(this.control, 0o755);
    await writeFile(join(this.dir, 'hosts'), '127.0.0.1 localhost\n');
    const authority = await createAuthority(this.dir);
    if (tls !== undefined) await authority.issue('client', ['DNS:client']);
    const all = { ...clientsOf(tls), ...settings };
    await Promise.all(this.nodes.map((node) => this.#prepareNode(node, authority, all)));
    await this.#format(tools);
  }

  /** Resolves when it is on its way. */
  async start(name: string): Promise<void> {
    await this.#control('start', name);
  }

  /** A broker says so when it is registered, unfenced and caught up. */
  async untilUp(name: string): Promise<void> {
    const ask = async (): Promise<true | undefined> => {
      const log = await this.log(name);
      if (log.includes('Kafka Server started')) return true;
      if ((await this.status(name)) !== 'gone') return undefined;
      throw new Error(`${name} ended: ${log.slice(-1000)}`);
    };
    await waitFor(ask, { withinMs: UP_WITHIN_MS, everyMs: 50, what: `${name} to start` });
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(name: string): Promise<void> {
    await this.#control('kill', name);
  }

  async pause(name: string): Promise<void> {
    await this.#control('pause', name);
  }

  async resume(name: string): Promise<void> {
    await this.#control('resume', name);
  }

  /** `running <pid> <start time>`, `paused …` or `gone`. */
  status(name: string): Promise<string> {
    return this.#control('status', name);
  }

  /** What it has printed since its last start. */
  log(name: string): Promise<string> {
    return readFile(join(this.dir, name, 'log'), 'utf8').catch(() => '');
  }

  /** More rights for `firedrill`. Resolves when every broker that runs knows them. */
  async allow(rights: readonly string[], user: User = 'firedrill'): Promise<void> {
    if (rights.length === 0) return;
    using nodes = openKafkaNodes(this.book(this.access('admin')), { timeoutMs: 5000 });
    await throughOneBroker(nodes, (broker) => allow(broker, user, rights));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(({ name }) => this.kill(name).catch(() => undefined)));
    for (const [name, value] of this.#before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  async #prepareNode(node: SecuredNode, authority: Authority, settings: Settings): Promise<void> {
    await mkdir(this.#path(node, 'data'), { recursive: true });
    const alternatives = [`IP:${HOST}`, `DNS:${node.name}.internal`];
    await writePemStore(this.#path(node, 'store.pem'), await authority.issue(node.name, alternatives));
    const properties: Settings = {
      ...propertiesOf(node, this.nodes),
      ...(node.roles === 'controller' ? {} : securityOf(this.#path(node, 'store.pem'), this.ca, this.#passwords())),
      'log.dirs': this.#path(node, 'data'),
      ...settings,
    };
    await writeFile(this.#path(node, 'start'), startScript(this.#program, node, join(this.dir, 'hosts')));
    if (node.roles !== 'controller') await symlink(node.name, join(this.dir, String(node.address.port)));
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(this.#path(node, 'server.properties'), lines.join(''), { mode: 0o600 });
  }

  /** One node's storage by Kafka's own tool, with the users in it, and the others' from that. */
  async #format(tools: Program): Promise<void> {
    const [first, ...others] = this.nodes;
    if (first === undefined) throw new Error('there are no nodes');
    const format = ['format', '--cluster-id', uuid(this.dir), '--config', this.#path(first, 'server.properties')];
    const users = Object.entries(this.#passwords()).flatMap(([user, password]) => scramOf(user, password));
    await runStep(
      [
        tools.path,
        '-Xshare:auto',
        '-XX:TieredStopAtLevel=1',
        ...(tools.args ?? []),
        'kafka.tools.StorageTool',
        ...format,
        ...users,
      ],
      { step: 'format', env: { ...process.env, ...tools.env }, timeoutMs: 60_000 },
    );
    const properties = await readFile(this.#path(first, 'data/meta.properties'), 'utf8');
    for (const node of others) {
      const own = properties
        .replace(/^node\.id=.*$/m, `node.id=${node.id}`)
        .replace(/^directory\.id=.*$/m, `directory.id=${uuid(`${this.dir}/${node.id}`)}`);
      await writeFile(this.#path(node, 'data/meta.properties'), own);
      await copyFile(this.#path(first, 'data/bootstrap.checkpoint'), this.#path(node, 'data/bootstrap.checkpoint'));
    }
  }

  #passwords(): Record<User, string> {
    const of = (user: User): string => this.env[USERS[user]] ?? '';
    return { admin: of('admin'), firedrill: of('firedrill') };
  }

  async #control(act: 'start' | 'kill' | 'pause' | 'resume' | 'status', name: string): Promise<string> {
    const { stdout } = await promisify(execFile)(this.control, [act, name]);
    return stdout.trim();
  }

  #path(node: SecuredNode, file: string): string {
    return join(this.dir, node.name, file);
  }
}
