// A Kafka on the local runtime without a drill around it: with all of its links, and with what the engine gives a service.

import { builtin } from '../../../src/builtin.ts';
import { connectKafka } from '../../../src/clients/kafka-connection.ts';
import { produce } from '../../../src/clients/kafka-produce.ts';
import { createClock } from '../../../src/core/clock.ts';
import type { Cluster } from '../../../src/core/cluster.ts';
import type { MarkEvent } from '../../../src/core/journal.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { LiveContext, ServiceSpec } from '../../../src/core/kinds.ts';
import { clientHost, linkName, type NodeName } from '../../../src/core/node.ts';
import { parseDrill } from '../../../src/drill/load.ts';
import { makePlan } from '../../../src/engine/plan.ts';
import { localRuntime } from '../../../src/runtimes/local/local.ts';
import { kafka } from '../../../src/services/kafka/service.ts';
import { context, newRunId } from '../../contract/support.ts';

const START_WITHIN_MS = 120_000;
const WRITER = clientHost('writes');

export interface KafkaUnderTest extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly spec: ServiceSpec;
  /** What `follow` has written so far. */
  readonly marks: MarkEvent[];
  /** As the engine gives it, with a deadline. */
  live(withinMs?: number): LiveContext;
  /** Links between nodes. */
  readonly peers: readonly string[];
  /** Those of the probes, one to each node. */
  readonly probes: readonly string[];
  /** The error code of one write to `orders/0`, by the clients' way to that broker. */
  write(node: NodeName, acks: 'all' | 1): Promise<number>;
}

/** `prepare` has been through. */
export async function startKafka(cluster: JsonObject): Promise<KafkaUnderTest> {
  const drill = {
    title: 'A Kafka',
    cluster: { services: ['kafka'], ...cluster },
    workloads: [{ name: 'writes', workload: 'kafka.ledger', with: { topic: 'orders' } }],
    steadyStateHypothesis: { title: 'there', probes: [{ probe: 'kafka.quorum', tolerance: { activeControllers: 1 } }] },
    method: [],
  };
  const plan = makePlan(
    parseDrill(JSON.stringify(drill), 'x.drill.yaml', { registry: builtin }).drill,
    builtin,
    localRuntime,
  );
  const spec = plan.serviceSpecs.get('kafka');
  if (spec === undefined) throw new Error('a plan without Kafka');
  const opened = await localRuntime.open({ runId: newRunId(), ...plan.spec }, context());
  const marks: MarkEvent[] = [];
  const clock = createClock();
  const live = (withinMs = START_WITHIN_MS): LiveContext => ({
    cluster: opened,
    clock,
    journal: { write: (event) => void (event.type === 'mark' && marks.push(event)) },
    signal: AbortSignal.timeout(withinMs),
  });
  try {
    await kafka.prepare?.(spec, live());
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
  const nodes = plan.spec.nodes.map(({ name }) => name);
  return {
    cluster: opened,
    spec,
    marks,
    live,
    peers: plan.spec.links.filter(({ from }) => nodes.includes(from)).map(({ name }) => name),
    probes: nodes.map((node) => linkName('probe', node)),
    write: (node, acks) => write(opened, node, acks),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

const WRITE_TIMEOUT_MS = 1500;

async function write(cluster: Cluster, node: NodeName, acks: 'all' | 1): Promise<number> {
  const row = cluster.addresses(WRITER).rows.find((each) => each.node === node);
  if (row === undefined) throw new Error(`no way to ${node}`);
  using connection = await connectKafka(row, { timeoutMs: 4000, clientId: 'test' });
  const lease = {
    leaderChanged: false,
    ask: connection.ask.bind(connection),
    release: () => undefined,
  };
  const record = { topic: 'orders', partition: 0, key: Buffer.from('k'), value: Buffer.from('v') };
  const { errorCode } = await produce(lease, record, { acks, timeoutMs: WRITE_TIMEOUT_MS });
  return errorCode;
}
