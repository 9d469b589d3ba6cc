import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throughOneBroker } from '../../src/clients/kafka-admin.ts';
import { connectKafka } from '../../src/clients/kafka-connection.ts';
import { readMetadata } from '../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { deleteTopics } from '../../src/clients/kafka-topics.ts';
import type { DryRunReport } from '../../src/core/dry-run.ts';
import { waitFor } from '../../src/core/wait.ts';
import { firedrill } from '../command-line.ts';
import { createTopic } from '../kafka-topics.ts';
import { exactAcls } from '../support/exact-rights.ts';
import { allow, disallow } from '../support/kafka-acls.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';
import { addTarget, kafkaService } from './support/targets.ts';
import { differencesOf, kafkaState, SILENT } from './support/untouched-kafka.ts';

const DRILL = 'kafka-leader-kill';
const home = process.cwd();

let kafka: SecuredKafka;
let sandbox: Sandbox;
beforeAll(async () => {
  kafka = await startSecuredKafka({ settings: SILENT, rights: await exactAcls(DRILL) });
  const ids = kafka.nodes.map(({ id }) => id);
  const admin = kafka.book(kafka.access('admin'));
  await createTopic(admin, { name: 'theirs', replicas: [ids] });
  await createTopic(admin, { name: '__consumer_offsets', replicas: [ids, ids, ids] });
  sandbox = await createSandbox();
  process.chdir(sandbox.dir);
  addTarget(sandbox, 'prod', { environment: 'production', services: { kafka: kafkaService(kafka) } });
}, 120_000);
afterAll(async () => {
  process.chdir(home);
  await sandbox?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

const call = (...argv: string[]) => firedrill(argv, { cwd: sandbox.dir, env: process.env });

async function dryRun(
  drill: string,
  ...set: readonly string[]
): Promise<{ readonly code: number; readonly report: DryRunReport }> {
  const { code, stdout, stderr } = await call(
    'plan',
    drill,
    '--target',
    'prod',
    '--json',
    ...set.flatMap((one) => ['--set', one]),
  );
  if (stdout === '') throw new Error(stderr);
  return { code, report: (JSON.parse(stdout) as [DryRunReport])[0] };
}

/** True once it is: brokers hear of access lists a moment later. */
async function isNamed(acl: string): Promise<true | undefined> {
  const [, operation, type = '', name = 'kafka-cluster'] = /^(\w+) on (?:the )?(\w+)(?: (\S+))?$/.exec(acl) ?? [];
  const { code, report } = await dryRun(DRILL);
  const missing = report.items.flatMap((item) =>
    item.about === 'right' && item.standing !== 'proved' ? [item.right.act.join(' ').toLowerCase()] : [],
  );
  const act = `${operation} ${type} ${name === '*' ? name : name.replace('*', '')}`.toLowerCase();
  return code > 0 && missing.some((each) => each.startsWith(act)) ? true : undefined;
}

async function removeTopic(name: string): Promise<void> {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  await throughOneBroker(nodes, (broker) => deleteTopics(broker, [name], 5000));
  const gone = async (): Promise<true | undefined> =>
    (await readMetadata(nodes, { book })).topics.has(name) ? undefined : true;
  await waitFor(gone, { withinMs: 5000, everyMs: 50, what: `topic ${name} to be gone` });
}

describe('a dry run on somebody else’s Kafka', () => {
  it('proves what can be known, of a topic that is not there yet too', async () => {
    const { code, report } = await dryRun(DRILL);
    expect(report.items.filter(({ standing }) => standing === 'cannotProve' || standing === 'refused')).toEqual([]);
    expect(code).toBe(0);
    const told = report.items.filter(({ about }) => ['topic', 'blastRadius', 'control', 'margin'].includes(about));
    expect(told).toMatchObject([
      { topic: 'firedrill-orders', state: 'absent', standing: 'wouldDo' },
      { touches: ['broker-7'], standing: 'proved' },
      { capability: 'lifecycle', node: 'broker-7', status: { state: 'running' }, standing: 'proved' },
      { margin: { what: 'controllers for a majority of 3', left: 2, needed: 2 } },
      { margin: { what: expect.stringContaining('the least of 7 partitions'), left: 2, needed: 2 } },
    ]);
  });

  it('is refused where a topic of that name is another, and where Kafka would not make it', async () => {
    const ids = kafka.nodes.map(({ id }) => id);
    await createTopic(kafka.book(kafka.access('admin')), { name: 'firedrill-orders', replicas: [ids] });
    const topicIn = ({ items }: DryRunReport) => items.find(({ about }) => about === 'topic');
    const there = await dryRun(DRILL);
    expect(there.code).toBe(2);
    expect(topicIn(there.report)).toMatchObject({
      standing: 'refused',
      because: expect.stringContaining('1 partitions and not 3'),
    });
    await removeTopic('firedrill-orders');
    const impossible = await dryRun(DRILL, 'cluster.topics.orders.config={"retention.ms":"never"}');
    expect(impossible.code).toBe(2);
    expect(topicIn(impossible.report)).toMatchObject({
      standing: 'refused',
      because: expect.stringContaining('retention.ms'),
    });
  });

  it.each([['plan', DRILL], ['plan', 'kafka-two-brokers-down'], ['predict'], ['baseline']])(
    'changes nothing: %s %s',
    async (...argv) => {
      const before = await kafkaState(kafka);
      expect(await call(...argv, '--target', 'prod')).toMatchObject({ stdout: expect.stringMatching(/\S/) });
      expect(differencesOf(before, await kafkaState(kafka))).toEqual([]);
    },
  );

  it('names each right that is missing', async () => {
    const [row] = kafka.book(kafka.access('admin')).rows;
    if (row === undefined) throw new Error('no broker');
    using admin = await connectKafka(row, { timeoutMs: 5000, clientId: 'test' });
    for (const acl of await exactAcls(DRILL)) {
      await disallow(admin, 'firedrill', [acl]);
      const what = `the dry run to miss ${acl}`;
      expect(await waitFor(() => isNamed(acl), { withinMs: 15_000, everyMs: 50, what })).toBe(true);
      await allow(admin, 'firedrill', [acl]);
    }
    const whole = async () => ((await dryRun(DRILL)).code === 0 ? true : undefined);
    expect(await waitFor(whole, { withinMs: 15_000, everyMs: 50, what: 'all rights to be given again' })).toBe(true);
  });

  it('would not hide a topic, a record or a right: the comparison sees each', async () => {
    const before = await kafkaState(kafka);
    await createTopic(kafka.book(kafka.access('admin')), { name: 'stray', replicas: [[kafka.nodes[0]?.id ?? 0]] });
    await kafka.allow(['Read on topic stray']);
    const names = differencesOf(before, await kafkaState(kafka)).map((text) => text.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(['topics', 'partitions', 'metadataLog', 'acls']));
  });
});
