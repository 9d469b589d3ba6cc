// Who takes part in a failover that is ordered: read before anything is done.
import { denied, isDenial } from '../clients/redis-denied.ts';
import type { NodeConnections } from '../clients/redis-nodes.ts';
import { answered, primaryOf, readTopology, replicasInStep } from '../clients/redis-topology.ts';
import { primaryNameOf } from '../clients/sentinel.ts';
import { DrillError } from '../core/error.ts';
import type { LiveContext } from '../core/kinds.ts';
import { type AddressRow, type NodeName, PROBE } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';

export interface Parties {
  readonly connections: NodeConnections;
  readonly from: AddressRow;
  /** The Sentinels' name for it. */
  readonly primaryName: string;
  /** Those that answer, and would do it. */
  readonly sentinels: readonly NodeName[];
  /** Of the primary: those that follow it with their link up. */
  readonly replicas: readonly NodeName[];
  /** The shortest that any Sentinel has. */
  readonly downAfterMs: number;
}

/** Throws FAULT_NOT_PROVED where there is nobody to hand over from, to, or through. */
export async function findParties(connections: NodeConnections, cx: LiveContext): Promise<Parties> {
  const book = cx.cluster.addresses(PROBE);
  const services = new Set(connections.nodes.map(({ service }) => service));
  if (services.size > 1) {
    throw refuse(`there are several Redis services: ${[...services].join(', ')}`, 'Say which in with.service.');
  }
  const facts = await readTopology(connections, book);
  const primary = primaryOf(facts);
  const from = connections.nodes.find(({ node }) => node === primary);
  if (from === undefined)
    throw refuse('no primary that a majority of the Sentinels names, so there is nothing to hand over');
  const sentinels = answered(facts.sentinels);
  const busy = sentinels.find(([, { failoverInProgress }]) => failoverInProgress);
  if (busy !== undefined) throw refuse(`${busy[0]} has a failover under way already`);
  const fit = sentinels.filter(([, sentinel]) => sentinel.primary === from.node && !sentinel.tilt);
  if (fit.length === 0) throw refuse(`no Sentinel that answers would hand over from ${from.node}`);
  const replicas = replicasInStep(facts, from.node);
  if (replicas.length === 0) throw refuse(`no replica follows ${from.node} with its link up`);
  return {
    connections,
    from,
    primaryName: primaryNameOf(book, from.service),
    sentinels: fit.map(([node]) => node),
    replicas,
    downAfterMs: Math.min(...fit.map(([, { downAfterMs }]) => downAfterMs)),
  };
}

/** Promotion itself takes a third of a second; a Sentinel that cannot gives up later than this. */
const PROMOTED_WITHIN_MS = 8000;

/** Resolves with the replica that says that it is the primary now. */
export async function untilPromoted({ connections, from, replicas }: Parties, cx: LiveContext): Promise<NodeName> {
  const isPrimary = async (node: NodeName): Promise<boolean> =>
    connections
      .ask(node, async (redis) => ((await redis.call('ROLE')) as unknown[])[0] === 'master')
      .catch((error: unknown) => {
        if (isDenial(error)) throw denied(node, error);
        return false;
      });
  const look = async (): Promise<NodeName | undefined> => {
    const answers = await Promise.all(replicas.map(isPrimary));
    return replicas.find((_, at) => answers[at]);
  };
  const what = `another node to be primary instead of ${from.node}`;
  return waitFor(look, { withinMs: PROMOTED_WITHIN_MS, everyMs: 5, signal: cx.signal, what });
}

function refuse(message: string, hint?: string): DrillError {
  return new DrillError('FAULT_NOT_PROVED', message, { hint });
}
