// From processes that have just been started to a cluster with the drill's topics. Everything is asked, nothing slept for.

import { electPreferredLeaders, throughOneBroker } from '../../clients/kafka-admin.ts';
import { isDenied } from '../../clients/kafka-denied.ts';
import { type KafkaMetadata, type KafkaPartition, readMetadata, unitOf } from '../../clients/kafka-metadata.ts';
import { readHighWatermarks } from '../../clients/kafka-offsets.ts';
import { inStep, madeToVote, readQuorum } from '../../clients/kafka-quorum.ts';
import { createTopics, type NewKafkaTopic } from '../../clients/kafka-topics.ts';
import { DrillError } from '../../core/error.ts';
import type { LiveContext, PrepareContext, ServiceSpec } from '../../core/kinds.ts';
import { waitFor } from '../../core/wait.ts';
import { makeAbsentTopics } from './attached.ts';
import { type KafkaWays, openWays, upToDateNodes } from './live.ts';
import { newTopics } from './topics.ts';

const POLL_MS = 50;
const ADMIN_TIMEOUT_MS = 5000;
/** The signal says when to give up; this is only so that something does. */
const AT_MOST_MS = 600_000;

/** Every broker unfenced, every controller in the quorum, and the topics with all of their replicas in sync. */
export async function prepare(spec: ServiceSpec, cx: PrepareContext): Promise<void> {
  using ways = openWays(spec.name, cx);
  const made = madeToVote(cx.cluster.spec.nodes, spec.name);
  await untilNothingIsMissing(() => missingNodes(ways, made.length), cx);
  if (!cx.cluster.owned) return await prepareTheirs(ways, spec, cx);
  const topics = newTopics(spec);
  await untilNothingIsMissing(() => create(ways, topics), cx);
  await untilNothingIsMissing(() => missingReplicas(ways, topics), cx);
}

/** Only what we have made has to be whole before the gate looks. */
async function prepareTheirs(ways: KafkaWays, spec: ServiceSpec, cx: PrepareContext): Promise<void> {
  const topics = await makeAbsentTopics(ways, spec, cx);
  if (topics.length > 0) await untilNothingIsMissing(() => missingReplicas(ways, topics), cx);
}

/** What is missing, in words; undefined = nothing. A DrillError ends the wait, anything else is another reason to wait. */
type Look = () => Promise<string | undefined>;

export async function untilNothingIsMissing(look: Look, { signal }: LiveContext): Promise<void> {
  let missing = 'nothing was asked yet';
  const ask = async (): Promise<true | undefined> => {
    const answer = await look().catch((error: unknown) => {
      if (isDenied(error) || (error instanceof DrillError && error.code === 'DRILL_INVALID')) throw error;
      return error instanceof Error ? error.message : String(error);
    });
    if (answer === undefined) return true;
    missing = answer;
    return undefined;
  };
  try {
    await waitFor(ask, { withinMs: AT_MOST_MS, everyMs: POLL_MS, signal, what: 'Kafka' });
  } catch (error) {
    if (!isTimeout(signal)) throw error;
    throw new DrillError('CLUSTER_FAILED', `Kafka is not ready: ${missing}`, {
      hint: 'See the logs of its nodes, or give it more time with timing.startWithin.',
      cause: error,
    });
  }
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Error && reason.name === 'TimeoutError';
}

/** Right after a partition everybody still tells what was: only who has read the metadata log to its end is asked. */
async function missingNodes(ways: KafkaWays, made: number): Promise<string | undefined> {
  const quorum = await readQuorum(ways.all);
  if (quorum === undefined) return 'no controller is active';
  const current = inStep(quorum);
  const voting = quorum.voters.filter(({ id }) => current.has(id)).length;
  // How many there are in somebody else's cluster, the quorum itself says.
  const controllers = Math.max(made, quorum.voters.length);
  if (voting < controllers) return `${voting} of ${controllers} controllers are in step`;
  const upToDate = upToDateNodes(ways, quorum);
  const { answered, brokers } = await readMetadata(ways.brokers, { ...ways, upToDate });
  const unfenced = [...brokers.values()];
  const absent = ways.brokers.nodes
    .map(({ node }) => node)
    .filter((node) => !upToDate.has(node) || !answered.includes(node) || !unfenced.includes(node));
  return absent.length === 0 ? undefined : `${absent.join(', ')} not there, or fenced`;
}

/** Once more is no harm: one whose answer was lost is there already. */
async function create({ brokers }: KafkaWays, topics: readonly NewKafkaTopic[]): Promise<string | undefined> {
  const answers = await throughOneBroker(brokers, (broker) => createTopics(broker, topics, ADMIN_TIMEOUT_MS));
  const refused = answers.filter(({ error }) => error !== undefined && error !== 'TOPIC_ALREADY_EXISTS');
  const wrong = refused.find(({ error = '' }) => error.startsWith('INVALID_') || error === 'POLICY_VIOLATION');
  if (wrong !== undefined) {
    throw new DrillError('DRILL_INVALID', `Kafka refuses the topic "${wrong.name}": ${wrong.message || wrong.error}`, {
      hint: 'Look at cluster.topics of the drill.',
    });
  }
  return refused.length === 0 ? undefined : refused.map(({ name, error }) => `topic ${name}: ${error}`).join('; ');
}

/** A broker that was fenced in between, on a machine that is busy, has lost its leaders: it gets them back. */
async function missingReplicas(ways: KafkaWays, topics: readonly NewKafkaTopic[]): Promise<string | undefined> {
  const names = topics.map(({ name }) => name);
  const metadata = await readMetadata(ways.brokers, { book: ways.book, topics: names });
  const { partitions } = metadata;
  const astray: KafkaPartition[] = [];
  for (const { name, replicas } of topics) {
    for (const [index, wanted] of replicas.entries()) {
      const partition = partitions.get(unitOf(name, index));
      if (partition === undefined) return `${unitOf(name, index)} is not there yet`;
      if (partition.isr.length < wanted.length) return `the ISR of ${partition.unit} is ${partition.isr.join()}`;
      if (partition.leader !== wanted[0]) astray.push(partition);
    }
  }
  if (astray.length === 0) return missingService(ways, metadata);
  await throughOneBroker(ways.brokers, (broker) => electPreferredLeaders(broker, astray, ADMIN_TIMEOUT_MS));
  return `${astray.map(({ unit }) => unit).join(', ')} not led by the first of their replicas`;
}

/** A broker that is to lead may not have heard of it yet: what it answers for, it serves. */
async function missingService({ brokers }: KafkaWays, metadata: KafkaMetadata): Promise<string | undefined> {
  const served = await readHighWatermarks(brokers, metadata);
  const idle = [...metadata.partitions.keys()].filter((unit) => !served.has(unit));
  return idle.length === 0 ? undefined : `${idle.join(', ')} not served by its leader yet`;
}
