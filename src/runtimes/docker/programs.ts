// What runs in a container of a node: nothing but what the public images and the local builds share (sh, cp, mv, grep, base64,
// java on PATH with the jars in /opt/kafka/libs, redis-server, redis-cli).
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigFile } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeSpec } from '../../core/node.ts';
import type { ImageName } from '../../toolchain/images/images.ts';
import { serverFlags } from '../../toolchain/kafka.ts';
import { kafkaVersion, logging } from '../../toolchain/kafka-tools.ts';

export interface ContainerProgram {
  readonly image: ImageName;
  readonly memory: string;
  /** Run by `sh -c` with the node's own arguments. It ends as the program itself, so that signals reach that one. */
  readonly script: string;
  /** Besides the node's own, the same for all. */
  readonly files: readonly ConfigFile[];
  /** What the node's storage starts from, if it does from anything. */
  seed?(node: Pick<NodeSpec, 'program'>): { readonly own: ConfigFile; readonly shared: ConfigFile };
  /** How much of what it writes is kept in memory, if it is: `16m`. */
  inMemory?(node: Pick<NodeSpec, 'role'>): string | undefined;
  environment(node: NodeSpec): Readonly<Record<string, string>>;
  /** Ends with 0 once the node answers, or listens at least. */
  health(node: NodeSpec): string;
}

/** Where Compose puts config files: Redis and Sentinel rewrite theirs, so each node has a copy, made at its first start. */
export const GIVEN = '/etc/firedrill';
export const SEED = '/etc/firedrill-seed';
export const DATA = '/data';
const CONFIG = `${DATA}/config`;
const STORE = `${DATA}/store`;

/** As on a machine of our own, but for the archives of classes: those are of one build of Java. */
const java = `java ${serverFlags.join(' ')} -Dlog4j2.configurationFile=${GIVEN}/log4j2.properties -cp '/opt/kafka/libs/*'`;

/** Formatted storage of this version, as `StorageTool format` makes it, in base64. Of another version it would be wrong. */
const checkpoint = readFileSync(join(dirname(logging), 'bootstrap.checkpoint.base64'), 'utf8');

const programs: Readonly<Record<string, ContainerProgram>> = {
  'redis-server': {
    image: 'redis',
    memory: '256m',
    script: [
      `if [ ! -d ${CONFIG} ]; then`,
      `  rm -rf ${DATA}/draft && mkdir -p ${DATA}/draft ${STORE} && cp ${GIVEN}/* ${DATA}/draft/ || exit`,
      `  mv ${DATA}/draft ${CONFIG} || exit`,
      'fi',
      `cd ${STORE} && exec redis-server "$@"`,
    ].join('\n'),
    files: [],
    // A Sentinel syncs its config before it asks for votes: six nodes have one disk here, and may have to wait for it.
    inMemory: ({ role }) => (role === 'sentinel' ? '16m' : undefined),
    environment: () => ({}),
    health: (node) => `redis-cli -p ${mainPort(node)} ping | grep -q PONG`,
  },
  kafka: {
    image: 'kafka',
    memory: '768m',
    script: [
      `if [ ! -d ${CONFIG} ]; then`,
      `  rm -rf ${DATA}/draft ${STORE} && mkdir -p ${DATA}/draft ${STORE} && cp ${GIVEN}/* ${DATA}/draft/ || exit`,
      // A format is a Java more for each node: only where the image is of another version than the seed.
      `  if [ -e /opt/kafka/libs/kafka_2.13-${kafkaVersion}.jar ]; then`,
      `    cp ${SEED}/meta.properties ${STORE}/ || exit`,
      `    base64 -d ${SEED}/bootstrap.checkpoint.base64 > ${STORE}/bootstrap.checkpoint || exit`,
      '  else',
      `    ${java} \\`,
      '      kafka.tools.StorageTool format --cluster-id "$CLUSTER_ID" --config /data/draft/server.properties || exit',
      '  fi',
      `  mv ${DATA}/draft ${CONFIG} || exit`,
      'fi',
      `exec ${java} kafka.Kafka "$@"`,
    ].join('\n'),
    files: [{ name: 'log4j2.properties', text: readFileSync(logging, 'utf8') }],
    seed: ({ program }) => ({
      own: { name: 'meta.properties', text: propertiesOf({ ...program.seed, version: '1' }) },
      shared: { name: 'bootstrap.checkpoint.base64', text: checkpoint },
    }),
    environment: ({ program }) => ({ CLUSTER_ID: program.seed?.['cluster.id'] ?? '' }),
    health: (node) => `grep -q ':${hexOf(mainPort(node))} 0*:0000 0A' /proc/net/tcp /proc/net/tcp6`,
  },
};

/** Throws TOOL_MISSING for what has no image. */
export function programOf({ name, program }: Pick<NodeSpec, 'program'> & { readonly name?: string }): ContainerProgram {
  const found = programs[program.tool];
  if (found !== undefined) return found;
  throw new DrillError('TOOL_MISSING', `there is no image with the program "${program.tool}"`, {
    at: name,
    hint: `There are images for ${Object.keys(programs).join(', ')}.`,
  });
}

/** What stands for a node's own places, in its config files and arguments. */
export function fillIn(text: string): string {
  return text.replaceAll('{config}', CONFIG).replaceAll('{data}', STORE).replaceAll('{bind}', '0.0.0.0');
}

/** Where a node's config files are once it has started. */
export const CONFIG_DIRECTORY = CONFIG;

export function argumentsOf({ program }: NodeSpec): readonly string[] {
  return program.args.map(fillIn);
}

function propertiesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function mainPort({ ports }: NodeSpec): number {
  return Object.values(ports)[0] ?? 0;
}

function hexOf(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
