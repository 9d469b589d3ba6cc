// Somebody else's Redis under Sentinels, as a test has it: TLS and access lists, on plain processes that no runtime of ours
// knows. By default a primary with two replicas and three Sentinels, of which `firedrill` may do what drills need.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectDirect } from '../../src/clients/redis.ts';
import { openNodeConnections } from '../../src/clients/redis-nodes.ts';
import { answered, primaryOf, readTopology, type TopologyFacts } from '../../src/clients/redis-topology.ts';
import type { Access } from '../../src/core/access.ts';
import type { Address, AddressBook, AddressRow, NodeName } from '../../src/core/node.ts';
import type { ServiceTarget } from '../../src/core/target.ts';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { waitFor } from '../../src/core/wait.ts';
import { provision } from '../../src/toolchain/provision.ts';
import { createAuthority } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import {
  redisLines,
  type Secured,
  type SecuredRedisOptions,
  sentinelLines,
  USERS,
  type User,
} from './secured-redis-config.ts';
import { isWhole } from './whole-redis.ts';

const run = promisify(execFile);

type Act = 'start' | 'stop' | 'kill' | 'pause' | 'resume' | 'status';

/** Resolves when the first node is the primary, its replicas are in step, and the Sentinels know each other. */
export async function startSecuredRedis(options: SecuredRedisOptions = {}): Promise<SecuredRedis> {
  const { tools } = await provision({ tools: ['redis-server'] });
  const dir = await mkdtemp(join(temporaryDirectory(), 'firedrill-secured-redis-'));
  const count = 1 + (options.replicas ?? 2) + (options.sentinels ?? 3);
  // In the order in which their names are.
  const ports = (await freePorts(count)).sort((a, b) => a - b);
  const cluster = new SecuredRedis(dir, ports, options);
  try {
    await cluster.prepare(tools['redis-server']);
    await cluster.begin();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

export class SecuredRedis implements AsyncDisposable {
  readonly dir: string;
  readonly options: SecuredRedisOptions;
  /** As an attached cluster has it: with the rights of `firedrill`. */
  readonly addresses: AddressBook;
  /** Environment variable → password: what `access` refers to. Set in this process while the cluster lives. */
  readonly env: Readonly<Record<string, string>>;
  readonly #ports: ReadonlyMap<NodeName, number>;
  readonly #passwords: Readonly<Record<User, string>>;
  #guard: ChildProcess | undefined;

  constructor(dir: string, ports: readonly number[], options: SecuredRedisOptions) {
    this.dir = dir;
    this.options = options;
    this.#ports = new Map(ports.map((port, index) => [nameOf(index, options), port]));
    this.#passwords = Object.fromEntries(USERS.map((user) => [user, randomBytes(16).toString('hex')])) as Record<
      User,
      string
    >;
    this.env = {
      [this.#variable('firedrill')]: this.#passwords.firedrill,
      [this.#variable('admin')]: this.#passwords.admin,
    };
    Object.assign(process.env, this.env);
    this.addresses = this.bookFor('firedrill');
  }

  /** What must not be found anywhere outside of its own directory. */
  get secrets(): readonly string[] {
    return Object.values(this.#passwords);
  }

  get nodes(): readonly NodeName[] {
    return [...this.#ports.keys()];
  }

  get service(): string {
    return this.options.service ?? 'redis-sentinel';
  }

  get primaryName(): string {
    return this.options.primaryName ?? 'mymaster';
  }

  /** The file that the Sentinels' certificates and those of the nodes are known by. */
  get ca(): string {
    return join(this.dir, 'ca.pem');
  }

  /** A program that controls nodes from outside: `<control> kill <port>`. See node-control.sh. */
  get control(): string {
    return join(this.dir, 'control');
  }

  /** As a target file says it: `firedrill`'s password for Redis is in an environment variable, the Sentinels' in a file. */
  access(role: string, user: User = 'firedrill'): Access {
    const { tls = true, acl = true } = this.options;
    const certificate =
      tls === 'mutual' ? { cert: join(this.dir, 'client.pem'), key: join(this.dir, 'client.key') } : {};
    const inFile = role === 'sentinel' && user === 'firedrill';
    const password = inFile ? { file: join(this.dir, 'sentinel.secret') } : { env: this.#variable(user) };
    return { ...(tls === false ? {} : { tls: { ca: this.ca, ...certificate } }), ...(acl ? { user, password } : {}) };
  }

  target(over: Partial<ServiceTarget> = {}): ServiceTarget {
    const rows = this.addresses.rows.filter(({ announced, address }) => announced.host !== address.host);
    return {
      name: this.service,
      seeds: this.addresses.rows.filter(({ role }) => role === 'sentinel').map(({ address }) => address),
      access: { redis: this.access('redis'), sentinel: this.access('sentinel') },
      terms: this.options.primaryName === undefined ? {} : { primaryName: this.options.primaryName },
      ways: Object.fromEntries(rows.map(({ announced, address }) => [`${announced.host}:${announced.port}`, address])),
      ...over,
    };
  }

  bookFor(user: User): AddressBook {
    const rows = [...this.#ports].map(([node, port]): AddressRow => {
      const role = roleOf(node);
      const announced = { host: this.options.announced ?? '127.0.0.1', port };
      const terms = { primaryName: this.primaryName };
      const access = this.access(role, user);
      return { node, service: this.service, role, listener: role, announced, address: addressAt(port), access, terms };
    });
    return { from: 'test', rows };
  }

  addressOf(node: NodeName): Address {
    return addressAt(this.#portOf(node));
  }

  async prepare(program: {
    readonly path: string;
    readonly env?: Readonly<Record<string, string>> | undefined;
  }): Promise<void> {
    const authority = await createAuthority(this.dir);
    const certificate = await authority.issue('node', [`IP:${this.options.announced ?? '127.0.0.1'}`]);
    await authority.issue('client', ['DNS:client']);
    await writeFile(join(this.dir, 'sentinel.secret'), `${this.#passwords.firedrill}\n`, { mode: 0o600 });
    await copyFile(join(import.meta.dirname, 'node-control.sh'), this.control);
    await chmod(this.control, 0o755);
    this.#guard = spawn(this.control, ['guard'], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    const secured: Secured = { passwords: this.#passwords, ca: this.ca, certificate, options: this.options };
    const primary = { host: this.options.announced ?? '127.0.0.1', port: this.#portOf(this.nodes[0] ?? '') };
    for (const [node, port] of this.#ports) {
      const dir = join(this.dir, String(port));
      const lines = (roleOf(node) === 'redis' ? redisLines : sentinelLines)(port, primary, secured);
      await mkdir(dir);
      await writeFile(join(dir, 'node.conf'), `${[`dir ${dir}`, ...lines].join('\n')}\n`, { mode: 0o600 });
      await writeFile(join(dir, 'start'), startScript(program, roleOf(node)));
    }
  }

  /** Redis before the Sentinels: they ask for the replicas when they start, and then only every 10 s. */
  async begin(): Promise<void> {
    const of = (role: string): readonly NodeName[] => this.nodes.filter((node) => roleOf(node) === role);
    await Promise.all(of('redis').map((node) => this.start(node)));
    await this.until(
      'replicas',
      ({ redis }) => answered(redis).filter(([, { linkUp }]) => linkUp).length === redis.size - 1,
    );
    await Promise.all(of('sentinel').map((node) => this.start(node)));
    await this.until('steady state', (facts) => primaryOf(facts) === this.nodes[0] && isWhole(facts));
  }

  /** Resolves when it lets somebody in. */
  async start(node: NodeName): Promise<void> {
    await this.#control('start', node);
    const row = this.bookFor('admin').rows.find((each) => each.node === node) as AddressRow;
    const enter = async (): Promise<true | undefined> => {
      const redis = await connectDirect(row, { timeoutMs: 500 }).catch(() => undefined);
      redis?.disconnect();
      return redis && true;
    };
    await waitFor(enter, { withinMs: 10_000, everyMs: 20, what: `${node} to start; its log is ${this.logOf(node)}` });
  }

  kill(node: NodeName): Promise<string> {
    return this.#control('kill', node);
  }

  pause(node: NodeName): Promise<string> {
    return this.#control('pause', node);
  }

  resume(node: NodeName): Promise<string> {
    return this.#control('resume', node);
  }

  /** `running <pid> <start time>`, `paused …` or `gone`. */
  status(node: NodeName): Promise<string> {
    return this.#control('status', node);
  }

  logOf(node: NodeName): string {
    return join(this.dir, String(this.#portOf(node)), 'log');
  }

  /** One command, with all rights. */
  async ask(node: NodeName, ...command: readonly [string, ...string[]]): Promise<unknown> {
    await using connections = openNodeConnections(this.bookFor('admin'), { timeoutMs: 1000 });
    const [name, ...args] = command;
    return await connections.ask(node, (redis) => redis.call(name, ...args));
  }

  /** Asks all nodes, with all rights, until it holds. */
  async until(what: string, holds: (facts: TopologyFacts) => boolean): Promise<TopologyFacts> {
    const book = this.bookFor('admin');
    await using connections = openNodeConnections(book, { timeoutMs: 400 });
    const ask = async (): Promise<TopologyFacts | undefined> => {
      const facts = await readTopology(connections, book);
      return holds(facts) ? facts : undefined;
    };
    return await waitFor(ask, { withinMs: 30_000, everyMs: 20, what });
  }

  untilWhole(): Promise<TopologyFacts> {
    return this.until('one primary, replicas in step and Sentinels that know everybody', isWhole);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of Object.keys(this.env)) delete process.env[name];
    const guard = this.#guard;
    if (guard === undefined) await rm(this.dir, { recursive: true, force: true });
    else {
      const gone = once(guard, 'exit');
      guard.stdin?.end();
      await gone;
    }
  }

  async #control(act: Act, node: NodeName): Promise<string> {
    const { stdout } = await run(this.control, [act, String(this.#portOf(node))]);
    return stdout.trim();
  }

  #portOf(node: NodeName): number {
    const port = this.#ports.get(node);
    if (port === undefined) throw new Error(`no such node: ${node}`);
    return port;
  }

  #variable(user: User): string {
    return `FIREDRILL_TEST_${user.toUpperCase()}_${this.dir.slice(-6)}`;
  }
}

function nameOf(index: number, { service = 'redis-sentinel', replicas = 2 }: SecuredRedisOptions): NodeName {
  const prefix = service === 'redis-sentinel' ? '' : `${service}-`;
  return index <= replicas ? `${prefix}redis-${index + 1}` : `${prefix}sentinel-${index - replicas}`;
}

function roleOf(node: NodeName): 'redis' | 'sentinel' {
  return /sentinel-\d+$/.test(node) ? 'sentinel' : 'redis';
}

function addressAt(port: number): Address {
  return { host: '127.0.0.1', port };
}

/** Away from our process group and our environment: nobody of us started it. */
function startScript(
  program: { readonly path: string; readonly env?: Readonly<Record<string, string>> | undefined },
  role: string,
): string {
  const variables = Object.entries(program.env ?? {}).map(([name, value]) => `'${name}=${value}'`);
  const command = [
    'env -i',
    ...variables,
    `setsid '${program.path}' node.conf`,
    ...(role === 'sentinel' ? ['--sentinel'] : []),
  ];
  return `${command.join(' ')} </dev/null >>log 2>&1 &\n`;
}
