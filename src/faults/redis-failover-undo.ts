// What is left of a failover that did not come to its end: taken back where nobody was promoted, finished where somebody was.
import { demote, keepRole } from '../clients/redis-demotion.ts';
import { type NodeConnections, openNodeConnections } from '../clients/redis-nodes.ts';
import { unpauseClients } from '../clients/redis-pause.ts';
import { answered, primaryOf, readTopology, type TopologyFacts } from '../clients/redis-topology.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { LiveContext, UndoRecord } from '../core/kinds.ts';
import { type NodeName, PROBE } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';

export type Prior = {
  readonly form: 'safe' | 'plain';
  readonly service: string | null;
  /** Who was the primary. */
  readonly from: NodeName | null;
};

/** How the old primary stands. */
export type Standing =
  | { readonly is: 'handedOver' }
  | { readonly is: 'underWay'; readonly because: string }
  | { readonly is: 'halfHandedOver'; readonly to: NodeName }
  | { readonly is: 'untouched' };

const NOTHING: Evidence = { summary: 'nothing to undo: the roles have moved', facts: {} };

/** Idempotent, and from any process. Waits for a failover that is under way: it cannot be called off. */
export async function finish({ prior }: UndoRecord<Prior>, cx: LiveContext): Promise<Evidence> {
  const { form, from, service } = prior;
  if (form === 'plain' || from === null) return NOTHING;
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: 1000, service: service ?? undefined });
  let last = 'nobody was asked';
  const look = async (): Promise<Standing | undefined> => {
    const standing = standingOf(await readTopology(connections, book), from);
    if (standing.is !== 'underWay') return standing;
    last = standing.because;
    return undefined;
  };
  const standing = await waitFor(look, {
    withinMs: WAIT_MS,
    everyMs: 100,
    signal: cx.signal,
    what: 'the failover to end',
  }).catch((cause: unknown) => {
    throw new DrillError('UNDO_FAILED', `whether ${from} was handed over cannot be told: ${last}`, { at: from, cause });
  });
  return await settle(standing, from, connections);
}

/** Under an undo's deadline. A Sentinel needs some 11 s to make a replica of a primary that nobody has told. */
const WAIT_MS = 25_000;

/** Pure; exported for its test. */
export function standingOf(facts: TopologyFacts, from: NodeName): Standing {
  const old = facts.redis.get(from);
  if (old === undefined || old instanceof Error) {
    return { is: 'underWay', because: `${from} does not answer: ${old?.message ?? 'it is not there'}` };
  }
  if (old.role === 'replica') return { is: 'handedOver' };
  const named = primaryOf(facts);
  if (named !== undefined && named !== from) return { is: 'halfHandedOver', to: named };
  const other = answered(facts.redis).find(([node, { role }]) => node !== from && role === 'primary')?.[0];
  if (other !== undefined)
    return { is: 'underWay', because: `${other} says that it is primary, and the Sentinels do not` };
  const leader = answered(facts.sentinels).find(([, { failoverInProgress }]) => failoverInProgress)?.[0];
  if (leader !== undefined) return { is: 'underWay', because: `${leader} has a failover under way` };
  return { is: 'untouched' };
}

async function settle(standing: Standing, from: NodeName, connections: NodeConnections): Promise<Evidence> {
  if (standing.is === 'untouched') {
    await connections.ask(from, unpauseClients);
    return { summary: `${from} is primary as before, and takes writes`, facts: { primary: from } };
  }
  if (standing.is !== 'halfHandedOver') return NOTHING;
  const { to } = standing;
  const row = connections.nodes.find(({ node }) => node === to);
  if (row === undefined) throw new DrillError('INTERNAL', `no address for ${to}`);
  await connections.ask(from, async (redis) => {
    await demote(redis, row.announced);
    await keepRole(redis);
  });
  return {
    summary: `${from} was handed over by half: it is a replica of ${to} now, and its clients' connections are closed`,
    facts: { primary: to },
  };
}
