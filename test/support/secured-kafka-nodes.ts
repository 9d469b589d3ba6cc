// The nodes of a secured Kafka, and how they are configured: TLS and SASL for clients, plain text among themselves.
import { createHash, pbkdf2Sync } from 'node:crypto';
import type { Address } from '../../src/core/node.ts';
import type { Program } from '../../src/toolchain/recipe.ts';
import { freePorts } from './free-ports.ts';

export interface SecuredKafkaOptions {
  /** `node.id` of each node that is broker and controller. */
  readonly nodes?: readonly number[];
  /** `node.id` of controllers that are nothing else: then the others are brokers only. */
  readonly controllers?: readonly number[];
  /** What the user `firedrill` may: `Describe on the cluster`, `Read on topic firedrill-*`. */
  readonly rights?: readonly string[];
  /** What brokers announce: the address, or a name that leads nowhere (see `ways`). */
  readonly announce?: 'addresses' | 'names';
  /** `mutual`: clients need a certificate too. `certificates`: it says who they are, and nobody is asked for a password. */
  readonly tls?: 'mutual' | 'certificates';
  /** Over the defaults, for every node. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface SecuredNode {
  readonly id: number;
  readonly name: string;
  readonly roles: 'broker' | 'controller' | 'broker,controller';
  readonly rack: string;
  /** Of the clients' listener, as it is reached. */
  readonly address: Address;
  readonly announced: Address;
  readonly internalPort: number;
  readonly controllerPort: number;
}

export const HOST = '127.0.0.1';
const ITERATIONS = 4096;

export type Settings = Readonly<Record<string, string | number>>;

export async function nodesOf({
  nodes = [11, 7, 32],
  controllers = [],
  announce,
}: SecuredKafkaOptions): Promise<SecuredNode[]> {
  const ids = [...controllers, ...nodes];
  const ports = await freePorts(3 * ids.length);
  return ids.map((id, at) => {
    const [port = 0, internalPort = 0, controllerPort = 0] = ports.slice(3 * at, 3 * at + 3);
    const isController = controllers.includes(id);
    const name = `${isController ? 'controller' : 'broker'}-${id}`;
    const address = { host: HOST, port };
    return {
      id,
      name,
      roles: isController ? 'controller' : controllers.length > 0 ? 'broker' : 'broker,controller',
      rack: `hall-${(at % 3) + 1}`,
      address,
      announced: announce === 'names' ? { host: `${name}.internal`, port: 9093 } : address,
      internalPort,
      controllerPort,
    };
  });
}

/** Nodes among themselves speak plain text, and are nobody: who is in their room may do everything. */
export function propertiesOf(node: SecuredNode, nodes: readonly SecuredNode[]): Settings {
  const { id, roles, rack, address, announced, internalPort, controllerPort } = node;
  const voters = nodes.filter((each) => each.roles.includes('controller'));
  const brokers = nodes.length - nodes.filter((each) => each.roles === 'controller').length;
  const listeners = [
    ...(roles.includes('broker') ? [`CLIENT://${HOST}:${address.port}`, `INTERNAL://${HOST}:${internalPort}`] : []),
    ...(roles.includes('controller') ? [`CONTROLLER://${HOST}:${controllerPort}`] : []),
  ];
  const own = `CLIENT://${announced.host}:${announced.port},INTERNAL://${HOST}:${internalPort}`;
  return {
    'process.roles': roles,
    'node.id': id,
    'controller.quorum.voters': voters.map((voter) => `${voter.id}@${HOST}:${voter.controllerPort}`).join(),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: listeners.join(),
    ...(roles === 'controller'
      ? {}
      : { 'advertised.listeners': own, 'inter.broker.listener.name': 'INTERNAL', 'broker.rack': rack }),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:admin;User:ANONYMOUS',
    'default.replication.factor': Math.min(3, brokers),
    'min.insync.replicas': Math.min(2, brokers),
    'offsets.topic.replication.factor': Math.min(3, brokers),
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': Math.min(3, brokers),
    'transaction.state.log.min.isr': Math.min(2, brokers),
    'transaction.state.log.num.partitions': 3,
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
  };
}

export function securityOf(store: string, ca: string, passwords: Readonly<Record<string, string>>): Settings {
  const plain = Object.entries(passwords).map(([user, password]) => `user_${user}="${password}"`);
  const jaas = 'org.apache.kafka.common.security';
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': store,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': ca,
    'ssl.client.auth': 'requested',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.client.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required ${plain.join(' ')};`,
    'listener.name.client.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    'listener.name.client.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
  };
}

/** SASL_SSL heeds `ssl.client.auth` only under the name of its listener. */
export function clientsOf(tls: SecuredKafkaOptions['tls']): Settings {
  if (tls === undefined) return {};
  const required = { 'listener.name.client.ssl.client.auth': 'required' };
  if (tls === 'mutual') return required;
  return {
    ...required,
    'listener.security.protocol.map': 'CLIENT:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'super.users': 'User:ANONYMOUS;User:CN=client',
  };
}

/** Salted before it is handed over: a process list shows arguments. */
export function scramOf(user: string, password: string): string[] {
  return [256, 512].flatMap((bits) => {
    const salt = createHash('sha256').update(`${user} ${bits}`).digest();
    const salted = pbkdf2Sync(password, salt, ITERATIONS, bits / 8, `sha${bits}`).toString('base64');
    const terms = `name="${user}",iterations=${ITERATIONS},salt="${salt.toString('base64')}",saltedpassword="${salted}"`;
    return ['--add-scram', `SCRAM-SHA-${bits}=[${terms}]`];
  });
}

/** As Kafka writes its ids: 16 bytes in base64, and never a dash in front. */
export function uuid(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url').replace(/^-/, 'A');
}

/** Away from our process group and our environment: nobody of us started it. */
export function startScript({ path, args = [], env = {} }: Program, { roles }: SecuredNode, hosts: string): string {
  const role = roles === 'controller' ? 'controller' : 'broker';
  const own = args.map((arg) => arg.replace('{role}', role).replace('{hosts}', hosts));
  const variables = Object.entries({ PATH: process.env['PATH'] ?? '', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const words = ['env', '-i', ...variables, 'setsid', path, ...own, 'server.properties'];
  return `${words.map((word) => `'${word}'`).join(' ')} </dev/null >log 2>&1 &\n`;
}
