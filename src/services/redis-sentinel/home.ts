// The first Redis node is the primary again, and the Sentinels begin to watch it as if they had never seen a failover.
import type { NodeConnections } from '../../clients/redis-nodes.ts';
import { answered, readTopology, replicasInStep, type TopologyFacts } from '../../clients/redis-topology.ts';
import { primaryNameOf, stopWatching, watchAnew } from '../../clients/sentinel.ts';
import type { ServiceSpec } from '../../core/kinds.ts';
import type { AddressBook, AddressRow, NodeName } from '../../core/node.ts';
import { waitFor } from '../../core/wait.ts';
import { DEFAULTS } from './settings.ts';

const POLL_MS = 50;
/** A full resync, and the Sentinels' hello, which comes every 2 s. */
const AT_MOST_MS = 30_000;

/** Undefined = the first node is everybody's primary. Pure; exported for its test. */
export function whatIsAstray(facts: TopologyFacts, first: NodeName): string | undefined {
  const replicas = facts.redis.size - 1;
  if (replicasInStep(facts, first).length < replicas) return `not all other nodes follow ${first}`;
  const watching = answered(facts.sentinels).filter(([, { primary }]) => primary === first);
  if (watching.length < facts.sentinels.size) return `not all Sentinels watch ${first}`;
  const knowing = watching.filter(
    ([, sentinel]) => sentinel.replicas >= replicas && sentinel.otherSentinels >= facts.sentinels.size - 1,
  );
  return knowing.length < facts.sentinels.size ? 'not all Sentinels know everybody' : undefined;
}

export interface BeginAnew {
  readonly connections: NodeConnections;
  readonly book: AddressBook;
  readonly first: AddressRow;
  readonly spec: ServiceSpec;
  readonly signal: AbortSignal;
}

/** In this order: Sentinels that watch would undo what is done to the nodes, and learn replicas at once that are attached. */
export async function beginAnew({ connections, book, first, spec, signal }: BeginAnew): Promise<void> {
  const of = (role: string): readonly AddressRow[] => connections.nodes.filter((row) => row.role === role);
  const settled = (what: string, look: (facts: TopologyFacts) => boolean): Promise<true> =>
    waitFor(async () => (look(await readTopology(connections, book)) ? true : undefined), {
      withinMs: AT_MOST_MS,
      everyMs: POLL_MS,
      signal,
      what,
    });
  const others = of('redis').filter(({ node }) => node !== first.node);
  const { host, port } = first.announced;
  const { quorum, ...settings } = { ...DEFAULTS.sentinel, ...spec.settings['sentinel'] };
  const name = primaryNameOf(book, spec.name);
  await all(of('sentinel'), (row) => connections.ask(row.node, (sentinel) => stopWatching(sentinel, name)));
  await follow(connections, first, ['NO', 'ONE']);
  await all(others, (row) => follow(connections, row, [host, String(port)]));
  await settled(`${first.node} to be followed`, (facts) => replicasInStep(facts, first.node).length === others.length);
  const watch = { primary: first.announced, quorum: Number(quorum), settings };
  await all(of('sentinel'), (row) => connections.ask(row.node, (redis) => watchAnew(redis, name, watch)));
  await settled('the Sentinels to know everybody', (facts) => whatIsAstray(facts, first.node) === undefined);
}

/** Into its file as well: a node that is killed comes back as what it was. */
async function follow(connections: NodeConnections, { node }: AddressRow, whom: readonly string[]): Promise<void> {
  await connections.ask(node, async (redis) => {
    await redis.call('REPLICAOF', ...whom);
    await redis.call('CONFIG', 'REWRITE');
  });
}

async function all(rows: readonly AddressRow[], act: (row: AddressRow) => Promise<void>): Promise<void> {
  await Promise.all(rows.map(act));
}
