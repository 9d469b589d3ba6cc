// Somebody's own Redis, as its Sentinels know it. They are only asked: what they name may be dead, and is a node all the same.
import { openNodeConnections } from '../../clients/redis-nodes.ts';
import { answered } from '../../clients/redis-topology.ts';
import { PRIMARY_NAME, type SentinelPeer } from '../../clients/sentinel.ts';
import { askWhomItKnows, type SentinelKnowledge } from '../../clients/sentinel-nodes.ts';
import { tlsHint, tlsWords } from '../../clients/tls-hint.ts';
import { DrillError } from '../../core/error.ts';
import type { FoundNode, ServiceTarget } from '../../core/kinds.ts';
import type { Address, AddressRow } from '../../core/node.ts';
import { nodePrefix } from './topology.ts';

const ASK_TIMEOUT_MS = 2000;

/** A node, by what it calls itself and where it is reached. */
type Way = Pick<FoundNode, 'announced' | 'address'>;

/** What a Sentinel said, and where. */
interface Heard extends SentinelKnowledge {
  readonly way: Way;
}

/**
 * Asks all seeds at once, and then the Sentinels that they name. What any of them knows of is there: where two disagree,
 * on the primary or on who belongs to it, that is no error here.
 */
export async function discover(target: ServiceTarget, signal: AbortSignal): Promise<readonly FoundNode[]> {
  const seeds = await ask(
    target.seeds.map((seed) => wayOfSeed(seed, target)),
    target,
    signal,
  );
  const first = answered(seeds).map(([, heard]) => heard);
  if (first.length === 0) throw nobodyAnswered(target, seeds);
  const asked = new Set([...first.map(({ id }) => id), ...seeds.keys()]);
  const others = first
    .flatMap(({ sentinels }) => sentinels)
    .map((peer) => ({ id: peer.id, ...wayTo(peer.address, target) }))
    .filter(({ id, address }) => !asked.has(id) && !asked.has(keyOf(address)));
  const heard = [...first, ...answered(await ask(others, target, signal)).map(([, each]) => each)];
  return [
    ...named('redis', redisNodes(heard, target), target),
    ...named('sentinel', sentinelNodes(heard, target), target),
  ];
}

/** By the address at which each was asked. */
async function ask(
  ways: readonly Way[],
  target: ServiceTarget,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Heard | Error>> {
  const access = target.access['sentinel'];
  const rows = ways.map(({ announced, address }): AddressRow => {
    const row = { node: keyOf(address), service: target.name, role: 'sentinel', listener: 'sentinel' };
    return { ...row, announced, address, ...(access === undefined ? {} : { access }) };
  });
  await using connections = openNodeConnections({ from: target.name, rows }, { timeoutMs: ASK_TIMEOUT_MS });
  const letGo = (): void => void connections[Symbol.asyncDispose]();
  signal.addEventListener('abort', letGo, { once: true });
  try {
    const answers = await connections.askAll(async (sentinel, way) => ({
      ...(await askWhomItKnows(sentinel, primaryNameIn(target))),
      way,
    }));
    signal.throwIfAborted();
    return answers;
  } finally {
    signal.removeEventListener('abort', letGo);
  }
}

function redisNodes(heard: readonly Heard[], target: ServiceTarget): readonly Way[] {
  const announced = heard.flatMap(({ primary, replicas }) => [primary, ...replicas.map(({ address }) => address)]);
  return announced.map((address) => wayTo(address, target));
}

/** A Sentinel that was asked is reached where it was asked, whatever it calls itself. */
function sentinelNodes(heard: readonly Heard[], target: ServiceTarget): readonly Way[] {
  const peers = heard.flatMap(({ sentinels }) => sentinels);
  const asked = heard.map((each) => ({ ...each.way, announced: nameAmong(peers, each) ?? each.way.announced }));
  return [...asked, ...peers.map(({ address }) => wayTo(address, target))];
}

/** Only its peers say what a Sentinel is called. One that tells no id is the only one that it does not list itself. */
function nameAmong(peers: readonly SentinelPeer[], { id, sentinels }: Heard): Address | undefined {
  if (id !== undefined) return peers.find((peer) => peer.id === id)?.address;
  const listed = new Set(sentinels.map(({ address }) => keyOf(address)));
  const others = new Map(peers.map(({ address }) => [keyOf(address), address] as const));
  const unlisted = [...others].filter(([key]) => !listed.has(key));
  return unlisted.length === 1 ? unlisted[0]?.[1] : undefined;
}

/** Each once, the first that was found, in an order that is the same in every run. */
function named(role: string, found: readonly Way[], target: ServiceTarget): readonly FoundNode[] {
  const once = new Map(found.toReversed().map((way) => [keyOf(way.announced), way]));
  return [...once.values()]
    .toSorted((a, b) => inOrder(a.announced, b.announced))
    .map(({ announced, address }, index) => ({
      name: `${nodePrefix(target.name)}${role}-${index + 1}`,
      role,
      listener: role,
      announced,
      address,
      zone: undefined,
      terms: { primaryName: primaryNameIn(target) },
    }));
}

/** 10.0.0.9 before 10.0.0.10, and redis-9 before redis-10. */
function inOrder(a: Address, b: Address): number {
  return a.host.localeCompare(b.host, 'en', { numeric: true }) || a.port - b.port;
}

function primaryNameIn({ terms }: ServiceTarget): string {
  return terms['primaryName'] ?? PRIMARY_NAME;
}

function wayTo(announced: Address, { ways }: ServiceTarget): Way {
  return { announced, address: ways[keyOf(announced)] ?? announced };
}

/** A seed may be said as it is announced, or as it is reached from here. */
function wayOfSeed(seed: Address, target: ServiceTarget): Way {
  const announced = Object.keys(target.ways).find((key) => keyOf(target.ways[key] as Address) === keyOf(seed));
  return announced === undefined ? wayTo(seed, target) : { announced: addressIn(announced), address: seed };
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

function addressIn(key: string): Address {
  const colon = key.lastIndexOf(':');
  return { host: key.slice(0, colon), port: Number(key.slice(colon + 1)) };
}

function nobodyAnswered({ name, access }: ServiceTarget, seeds: ReadonlyMap<string, Heard | Error>): DrillError {
  const said = [...seeds].map(([seed, error]) => `${seed}: ${tlsWords((error as Error).message)}`);
  return new DrillError('CLUSTER_FAILED', `no Sentinel of ${name} says who belongs to it: ${said.join('; ')}`, {
    hint:
      tlsHint(said.join('\n'), access['sentinel'], 'sentinel') ??
      'the target file says where the Sentinels are, what they call the primary, and how they are entered',
  });
}
