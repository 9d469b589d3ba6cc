import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupsOf } from '../../src/clients/kafka-groups.ts';
import { readMetadata } from '../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { orderReplicas } from '../../src/clients/kafka-preferred.ts';
import { createTopic } from '../kafka-topics.ts';
import { exactAcls } from '../support/exact-rights.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, commandLinesWith, filesWith, kafkaService } from './support/targets.ts';

/** A lag has to stay low for three seconds, and the machine may be busy. */
const DRILL = ['run', 'kafka-leader-kill', '--target', 'staging', '--set', 'timing.heldFor=6s'];

let kafka: SecuredKafka;
beforeAll(async () => {
  kafka = await startSecuredKafka({
    rights: await exactAcls('kafka-leader-kill'),
    // Theirs would be led by their first replicas again at some time, whatever we do.
    settings: { 'broker.session.timeout.ms': 6000, 'auto.leader.rebalance.enable': 'false' },
  });
  // Where Kafka itself puts it is chance, and nobody's consumers follow a coordinator that dies (docs/kafka.md).
  const replicas = [
    [11, 32, 7],
    [32, 11, 7],
    [11, 7, 32],
  ];
  const config = { 'cleanup.policy': 'compact', 'segment.bytes': 104_857_600 };
  await createTopic(kafka.book(kafka.access('admin')), { name: '__consumer_offsets', replicas, config });
  await leadElsewhere();
});
afterAll(() => kafka?.[Symbol.asyncDispose]());

/** Another team's partition, and the broker that is to lead it: not its first replica. */
const THEIRS = { topic: 'theirs', leader: 11, replicas: [32, 7, 11] };

async function leadElsewhere(): Promise<void> {
  const { topic, leader, replicas } = THEIRS;
  const book = kafka.book(kafka.access('admin'));
  await createTopic(book, { name: topic, replicas: [[leader, ...replicas.filter((id) => id !== leader)]] });
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  const signal = AbortSignal.timeout(30_000);
  await orderReplicas([{ topic, partition: 0, replicas }], { nodes, book, withinMs: 20_000, signal });
}

async function theirLeader(): Promise<number | undefined> {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  const { partitions } = await readMetadata(nodes, { book, topics: [THEIRS.topic] });
  return partitions.get(`${THEIRS.topic}/0`)?.leader;
}

/** Topics and groups, but for Kafka's own. */
async function leftThere(): Promise<readonly string[]> {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  const { topics } = await readMetadata(nodes, { book });
  const groups = [...(await nodes.askAll(groupsOf)).values()].flatMap((found) => (found instanceof Error ? [] : found));
  return [...topics.keys(), ...groups].filter((name) => !name.startsWith('__'));
}

describe('a secured Kafka of somebody else’s', () => {
  it('is drilled as any other, restored, and nothing of ours or of its secrets is left anywhere', async () => {
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { kafka: kafkaService(kafka) } });
    const run = sandbox.start(DRILL, { env: kafka.env });
    await run.untilStep('kill', 'confirmed');
    expect(commandLinesWith(kafka.secrets)).toEqual([]);
    await run.endsWith(0);
    const report = await run.result();
    expect(report).toMatchObject({ runtime: 'attach', status: 'completed', verdict: 'passed', cluster: 'restored' });
    expect(report.problems).toEqual([]);
    expect(report.faults[0]?.evidence).toMatch(/^gone and not answering: broker-7, running \d+ \d+$/);
    expect(await leftThere()).toEqual([THEIRS.topic]);
    expect(await theirLeader()).toBe(THEIRS.leader);
    const printed = [run.stdout(), run.stderr()];
    expect(printed.filter((text) => kafka.secrets.some((secret) => text.includes(secret)))).toEqual([]);
    expect(filesWith(kafka.secrets, sandbox.dir)).toEqual([]);
  });

  it('is left as it was by a rollback, when the runner was killed while a leader was dead', async () => {
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { kafka: kafkaService(kafka) } });
    const run = sandbox.start(DRILL, { env: kafka.env });
    await run.untilStep('kill', 'confirmed');
    run.kill('SIGKILL');
    await run.ended;
    expect(await kafka.status('broker-7')).toBe('gone');
    const { code, stdout } = await sandbox.run(['rollback'], { env: kafka.env });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/started again: broker-7/) });
    expect(await leftThere()).toEqual([THEIRS.topic]);
    expect(filesWith(kafka.secrets, sandbox.dir)).toEqual([]);
  });
});
