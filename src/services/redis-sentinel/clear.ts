// Redis as it was when it had just been started: empty, and with its first node as the primary.
import { type NodeConnections, openNodeConnections } from '../../clients/redis-nodes.ts';
import { readTopology } from '../../clients/redis-topology.ts';
import { hasVotedInVain } from '../../clients/sentinel.ts';
import { DrillError } from '../../core/error.ts';
import type { LiveContext, ServiceSpec } from '../../core/kinds.ts';
import { type AddressRow, PROBE } from '../../core/node.ts';
import { beginAnew, whatIsAstray } from './home.ts';

const ASK_TIMEOUT_MS = 5000;
const CONFIRMED_WITHIN_MS = 4000;

/**
 * Empties every node. Drills name nodes (`primary: redis-1`): where a failover has moved the primary, it moves home; and a
 * Sentinel that has voted in vain would wait up to twice its failover-timeout before it tries again.
 */
export async function clear(spec: ServiceSpec, cx: LiveContext): Promise<void> {
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: ASK_TIMEOUT_MS, service: spec.name });
  const redis = connections.nodes.filter(({ role }) => role === 'redis');
  const [first] = redis;
  if (first === undefined) throw new DrillError('INTERNAL', `${spec.name} has no Redis node`);
  const astray = whatIsAstray(await readTopology(connections, book), first.node);
  if (astray !== undefined || (await sentinelsVotedInVain(connections, cx))) {
    await beginAnew({ connections, book, first, spec, signal: cx.signal });
  }
  await empty(connections, first, redis.length - 1);
}

async function empty(connections: NodeConnections, { node }: AddressRow, replicas: number): Promise<void> {
  const confirmed = await connections.ask(node, async (redis) => {
    await redis.call('FLUSHALL');
    return redis.wait(replicas, CONFIRMED_WITHIN_MS);
  });
  if (confirmed < replicas)
    throw new DrillError('CLUSTER_FAILED', `${confirmed} of ${replicas} replicas of ${node} were emptied`);
}

/** Where config files cannot be read, it is not known. */
async function sentinelsVotedInVain({ nodes }: NodeConnections, { cluster }: LiveContext): Promise<boolean> {
  const votes = nodes
    .filter(({ role }) => role === 'sentinel')
    .map(async ({ node }) => {
      const files = (await cluster.can('config', node)?.read(node)) ?? [];
      return files.some(({ text }) => hasVotedInVain(text));
    });
  return (await Promise.all(votes)).some((inVain) => inVain);
}
