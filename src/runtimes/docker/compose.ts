// A topology → the compose file of its cluster. Pure: what differs from run to run comes in through variables.
import { Document, type YAMLMap } from 'yaml';
import type { ConfigFile } from '../../core/cluster.ts';
import { type NodeSpec, PROBE } from '../../core/node.ts';
import { type ImageName, images } from '../../toolchain/images/images.ts';
import { linksFile } from '../links/links-file.ts';
import { argumentsOf, type ContainerProgram, DATA, fillIn, GIVEN, programOf, SEED } from './programs.ts';
import { type Spoke, spokesOf, starMatrix, type Topology } from './star.ts';

/** Variables of a compose file, with what they are where nobody says. */
export const variables = {
  run: 'FIREDRILL_RUN',
  block: 'FIREDRILL_BLOCK',
  loopback: 'FIREDRILL_LOOPBACK',
} as const;

export const HUB = 'toxiproxy';
export const API_PORT = 8474;
/** The container that a node's network belongs to. */
export function hostOf(node: string): string {
  return `${node}-host`;
}

export const LABEL = { run: 'dev.firedrill.run', node: 'dev.firedrill.node' } as const;

const BLOCK = `\${${variables.block}:-10.64}`;
const RUN = `\${${variables.run}:-by-hand}`;
const LOOPBACK = `\${${variables.loopback}:-127.0.0.1}`;
const LINKS = 'links.json';

export interface RenderOptions {
  readonly topology: Topology;
  /**
   * For people: with published ports for the probes' links, and health checks. A run has no use for either: it reaches
   * the networks themselves, and each check would be a process started in the node, every few seconds.
   */
  readonly byHand?: { readonly comment: string };
}

/** Of the proxy that tells our Toxiproxy from another one. */
export function markOf(runId: string): string {
  return `mark-of-${runId}`;
}

export function renderCompose({ topology, byHand }: RenderOptions): string {
  const doc = new Document({}, { merge: true });
  const spokes = spokesOf(topology, BLOCK);
  const shared = new Map<ContainerProgram, YAMLMap>();
  for (const program of new Set(topology.nodes.map(programOf)))
    shared.set(program, doc.createNode(sharedPart(program)) as YAMLMap);
  const nodeOf = (node: NodeSpec): Readonly<Record<string, unknown>> => {
    const program = programOf(node);
    const common = shared.get(program);
    const alias = common === undefined ? {} : { '<<': doc.createAlias(common, program.image) };
    return { ...alias, ...ownPart(node, { topology, isByHand: byHand !== undefined }) };
  };
  doc.contents = doc.createNode({
    ...Object.fromEntries([...shared].map(([program, part]) => [`x-${program.image}`, part])),
    services: {
      [HUB]: hubOf(topology, spokes, byHand !== undefined),
      ...Object.fromEntries(
        topology.nodes.flatMap((node) => [
          [hostOf(node.name), hostPart(node, topology, spokes)],
          [node.name, nodeOf(node)],
        ]),
      ),
    },
    networks: Object.fromEntries(spokes.map((spoke) => [spoke.network, networkOf(spoke, byHand !== undefined)])),
    ...memoryOf(topology),
    configs: configsOf(topology),
  });
  if (byHand !== undefined) doc.commentBefore = byHand.comment;
  return doc.toString({ lineWidth: 0 });
}

/** What all nodes with the same program have in common. */
function sharedPart({ image, memory, script }: ContainerProgram): object {
  return {
    image: imageOf(image),
    user: '0',
    entrypoint: ['sh', '-c', literal(script), 'sh'],
    // Not SIGTERM: an engine resumes a paused container to which it sends that one.
    stop_signal: 'SIGINT',
    mem_limit: memory,
    logging: LOGGING,
    depends_on: [HUB],
  };
}

const LOGGING = { driver: 'json-file', options: { 'max-size': '100m' } };

interface Surroundings {
  readonly topology: Topology;
  readonly isByHand: boolean;
}

/**
 * What a node's process stands on: it holds the network, and lives on when that process is killed. So connects to a dead
 * node are refused at once, as by any machine that is up. Without it the address would be gone, Toxiproxy would wait for
 * seconds in its connects to it, and for that long neither close nor open the links there.
 */
function hostPart(node: NodeSpec, topology: Topology, spokes: readonly Spoke[]): object {
  const spoke = spokes.find(({ of }) => of === node.name);
  const peers = new Set(topology.links.filter(({ from }) => from === node.name).map(({ to }) => to));
  return {
    profiles: [node.service],
    image: imageOf(programOf(node).image),
    hostname: node.name,
    entrypoint: ['tail', '-f', '/dev/null'],
    stop_signal: 'SIGKILL',
    mem_limit: '16m',
    depends_on: [HUB],
    ...volumesOf(node),
    extra_hosts: [...peers].map((peer) => `${peer}:${spoke?.hub}`),
    networks: { [spoke?.network ?? '']: { ipv4_address: spoke?.node } },
    labels: labelsOf(hostOf(node.name)),
  };
}

function ownPart(node: NodeSpec, { topology, isByHand }: Surroundings): Record<string, unknown> {
  const program = programOf(node);
  const environment = program.environment(node);
  return {
    profiles: [node.service],
    network_mode: `service:${hostOf(node.name)}`,
    command: argumentsOf(node).map(literal),
    ...volumesOf(node),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    configs: [
      ...(topology.files[node.name] ?? []).map(({ name }) => mounted(`${node.name}.${name}`, name)),
      ...program.files.map(({ name }) => mounted(`${program.image}.${name}`, name)),
      ...seedOf(node).map(({ source, name }) => mounted(source, name, SEED)),
    ],
    labels: labelsOf(node.name),
    ...(isByHand
      ? {
          healthcheck: {
            test: ['CMD-SHELL', literal(program.health(node))],
            interval: '5s',
            timeout: '3s',
            retries: 12,
            start_period: '60s',
          },
        }
      : {}),
  };
}

function hubOf(topology: Topology, spokes: readonly Spoke[], isByHand: boolean): object {
  const ports = topology.links.filter(({ from }) => from === PROBE).map((link) => portOf(topology, link));
  return {
    image: imageOf('toxiproxy'),
    command: ['-host', '0.0.0.0', '-config', `${GIVEN}/${LINKS}`],
    environment: { LOG_LEVEL: 'warn' },
    mem_limit: '1g',
    // One more SYN, not six: else the first request to a node that was unplugged waits for seconds after it is back.
    sysctls: { 'net.ipv4.tcp_syn_retries': 1, 'net.ipv4.ip_forward': 0 },
    logging: LOGGING,
    configs: [mounted(LINKS, LINKS)],
    ...(isByHand ? { ports: [API_PORT, ...ports].map((port) => `${LOOPBACK}:${port}:${port}`) } : {}),
    networks: Object.fromEntries(spokes.map(({ network, hub }) => [network, { ipv4_address: hub }])),
    labels: labelsOf(HUB),
  };
}

function portOf({ nodes }: Topology, { to, listener }: { readonly to: string; readonly listener: string }): number {
  return nodes.find(({ name }) => name === to)?.ports[listener] ?? 0;
}

/** Nothing leads out of any of them, but for what is published to people. */
function networkOf({ of, subnet }: Spoke, isByHand: boolean): object {
  const isOpen = isByHand && of === PROBE;
  return { ...(isOpen ? {} : { internal: true }), ipam: { config: [{ subnet }] }, labels: labelsOf(of) };
}

/** What is in memory lives as long as anybody has it mounted: the node's host does while its process is gone. */
function volumesOf(node: NodeSpec): object {
  if (programOf(node).inMemory?.(node) === undefined) return {};
  return { volumes: [{ type: 'volume', source: dataOf(node.name), target: DATA, volume: { nocopy: true } }] };
}

function memoryOf({ nodes }: Topology): object {
  const volumes = nodes.flatMap((node) => {
    const size = programOf(node).inMemory?.(node);
    const options = { type: 'tmpfs', device: 'tmpfs', o: `size=${size}` };
    return size === undefined
      ? []
      : [[dataOf(node.name), { driver: 'local', driver_opts: options, labels: labelsOf(node.name) }] as const];
  });
  return volumes.length === 0 ? {} : { volumes: Object.fromEntries(volumes) };
}

function dataOf(node: string): string {
  return `${node}-data`;
}

function mounted(source: string, name: string, directory = GIVEN): object {
  return { source, target: `${directory}/${name}` };
}

interface SeedFile extends ConfigFile {
  /** Its name among the configs. */
  readonly source: string;
}

function seedOf(node: NodeSpec): readonly SeedFile[] {
  const { image, seed } = programOf(node);
  const files = seed?.(node);
  if (files === undefined) return [];
  const { own, shared } = files;
  return [
    { ...own, source: `${node.name}.${own.name}` },
    { ...shared, source: `${image}.${shared.name}` },
  ];
}

function configsOf(topology: Topology): Record<string, { readonly content: string }> {
  const { nodes, files } = topology;
  const ofNodes = nodes.flatMap((node) => [
    ...(files[node.name] ?? []).map(({ name, text }) => [`${node.name}.${name}`, fillIn(text)] as const),
    ...seedOf(node).map(({ source, text }) => [source, text] as const),
  ]);
  const ofPrograms = [...new Set(nodes.map(programOf))].flatMap((program) =>
    program.files.map(({ name, text }) => [`${program.image}.${name}`, text] as const),
  );
  const entries = [...ofPrograms, ...ofNodes].map(([name, text]) => [name, { content: literal(text) }] as const);
  return {
    [LINKS]: { content: linksFile(starMatrix(topology, BLOCK).proxies, markOf(RUN)) },
    ...Object.fromEntries(entries),
  };
}

function labelsOf(node: string): Record<string, string> {
  return { [LABEL.run]: RUN, [LABEL.node]: node };
}

function imageOf(name: ImageName): string {
  const { variable, published } = images[name];
  return `\${${variable}:-${published}}`;
}

/** Compose reads `$` as the beginning of a variable. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
