// A running cluster of the local runtime, as a drill has it: for benchmarks.
import { openNodeConnections } from '../../src/clients/redis-nodes.ts';
import { primaryOf, readTopology, replicasInStep } from '../../src/clients/redis-topology.ts';
import type { Cluster } from '../../src/core/cluster.ts';
import { clientHost, linkName, PROBE } from '../../src/core/node.ts';
import { waitFor } from '../../src/core/wait.ts';
import { localRuntime } from '../../src/runtimes/local/local.ts';
import { redisSentinel } from '../../src/services/redis-sentinel/service.ts';

/** Resolves when there is a primary with two replicas in step. Disposing it takes all of it down. */
export async function openSentinelCluster(workloads: readonly string[]): Promise<Cluster> {
  const spec = { name: 'cache', settings: {}, basePort: 6301 };
  const nodes = redisSentinel.nodes(spec);
  const clientHosts = workloads.map(clientHost);
  const ways = [...clientHosts, PROBE].flatMap((from) =>
    nodes.map((node) => ({
      name: linkName(from, node.name),
      from,
      to: node.name,
      listener: Object.keys(node.ports)[0] ?? '',
    })),
  );
  const files = Object.fromEntries(nodes.map((node) => [node.name, redisSentinel.files(node, nodes, spec)]));
  const cluster = await localRuntime.open(
    { runId: `bench-${process.pid}`, nodes, links: [...redisSentinel.links(nodes), ...ways], files, clientHosts },
    {
      save: async () => undefined,
      onProgress: () => undefined,
      keep: false,
      logsTo: undefined,
      signal: new AbortController().signal,
    },
  );
  const book = cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: 400 });
  const steady = async (): Promise<true | undefined> => {
    const facts = await readTopology(connections, book);
    return replicasInStep(facts, primaryOf(facts)).length === 2 ? true : undefined;
  };
  await waitFor(steady, { withinMs: 30_000, everyMs: 50, what: 'a steady cluster' });
  return cluster;
}
