// Two configurations of a Kafka of somebody else's whose brokers are controllers too: who is killed is the active one, or not.
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { readQuorum } from '../../src/clients/kafka-quorum.ts';
import { kafkaService } from '../../test/e2e/support/targets.ts';
import { createTopic } from '../../test/kafka-topics.ts';
import { exactAcls } from '../../test/support/exact-rights.ts';
import { type SecuredKafka, startSecuredKafka } from '../../test/support/secured-kafka.ts';
import { predictAndDrill } from './predict-and-drill.ts';

const DRILL = 'kafka-leader-kill';
const SESSIONS_MS = [6000, 9000];

/** How many of them were not as predicted. */
export async function predictKafka(): Promise<number> {
  let missed = 0;
  for (const sessionMs of SESSIONS_MS) {
    for (const isActive of [false, true]) if (!(await killed(sessionMs, isActive))) missed += 1;
  }
  return missed;
}

/** A cluster for each: after a kill another controller is active, and the coordinator is where it should not be. */
async function killed(sessionMs: number, isActive: boolean): Promise<boolean> {
  const settings = { 'broker.session.timeout.ms': sessionMs };
  await using kafka = await startSecuredKafka({ rights: await exactAcls(DRILL), settings });
  const ids = kafka.brokers.map(({ id }) => id).sort((a, b) => a - b);
  const active = await activeController(kafka);
  const victim = isActive ? active : (ids.find((id) => id !== active) ?? 0);
  await createTheirTopics(kafka, victim);
  // The drill counts brokers from 1, in the order of their numbers; the first leads orders/0, and is killed.
  const first = ids.indexOf(victim);
  const turns = [0, 1, 2].map((turn) => [0, 1, 2].map((at) => ((first + turn + at) % 3) + 1));
  return await predictAndDrill({
    name: `session ${sessionMs / 1000} s, the broker killed is ${isActive ? 'the active controller' : 'not the active controller'}`,
    services: { kafka: kafkaService(kafka) },
    env: kafka.env,
    failure: 'broker killed',
    who: `broker-${victim}`,
    drill: DRILL,
    options: [
      '--param',
      'rto=30s',
      '--set',
      `cluster.topics.orders.replicas=${JSON.stringify(turns)}`,
      '--set',
      'timing.heldFor=6s',
      '--set',
      'timing.startWithin=3m',
    ],
  });
}

async function activeController(kafka: SecuredKafka): Promise<number> {
  using nodes = openKafkaNodes(kafka.book(kafka.access('admin')), { timeoutMs: 5000 });
  const quorum = await readQuorum(nodes);
  if (quorum === undefined) throw new Error('no controller is active');
  return quorum.leader;
}

/** One that a broker can be missed by before the drill has made its own; and Kafka's, led by others (docs/kafka.md). */
async function createTheirTopics(kafka: SecuredKafka, victim: number): Promise<void> {
  const [a = 0, b = 0] = kafka.brokers.map(({ id }) => id).filter((id) => id !== victim);
  const book = kafka.book(kafka.access('admin'));
  await createTopic(book, { name: 'theirs', replicas: [[a, b, victim]] });
  const replicas = [
    [a, b, victim],
    [b, a, victim],
    [a, victim, b],
  ];
  const config = { 'cleanup.policy': 'compact', 'segment.bytes': 104_857_600 };
  await createTopic(book, { name: '__consumer_offsets', replicas, config });
}
