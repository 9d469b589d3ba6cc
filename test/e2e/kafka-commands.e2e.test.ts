// Commands of the runbooks, run as they stand there, against a real broker: those that work, and those that do not any more.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { LiveContext } from '../../src/core/kinds.ts';
import { evaluate } from '../../src/core/tolerance.ts';
import { commandProbe } from '../../src/probes/command.ts';
import { createCommands } from '../../src/runtimes/own/commands.ts';
import { contextOf } from '../kafka-context.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../loopback-kafka.ts';

let kafka: LoopbackKafka;
let directory: string;
let cx: LiveContext;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firedrill-commands-'));
  kafka = await startLoopbackKafka({ combined: 1 });
  const commands = createCommands({ directory, hostsFile: '127.0.0.1 localhost\n' });
  const { cluster, ...rest } = contextOf(kafka);
  const can: typeof cluster.can = (capability) => (capability === 'commands' ? (commands as never) : undefined);
  cx = { ...rest, cluster: { ...cluster, can } };
  await run('kafka-topics.sh --bootstrap-server {bootstrap} --create --topic orders --partitions 2');
});
afterAll(async () => {
  await kafka[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** As a drill has it: a list of words. */
function run(command: string): Promise<JsonObject> {
  return read(command.split(' '));
}

async function read(words: readonly string[]): Promise<JsonObject> {
  await using probe = await commandProbe.open(commandProbe.params.parse({ run: words }), cx);
  return (await probe.read(AbortSignal.timeout(60_000))) as JsonObject;
}

describe('commands of the runbooks', () => {
  it('find what is wrong with partitions, and can be asserted on', async () => {
    const short = await run('kafka-topics.sh --bootstrap-server {bootstrap} --describe --under-replicated-partitions');
    expect(short).toEqual({ exitCode: 0, stdout: '' });
    const all = await run('kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic orders');
    const leads = {
      fields: { exitCode: 0, stdout: { op: 'matches', pattern: 'Partition: 1\\s+Leader: 1\\s' } },
    } as const;
    expect(evaluate(leads, all)).toMatchObject({ holds: true });
  });

  it('name the brokers, elect leaders, and describe a group that is not there without failing', async () => {
    const versions = await run('kafka-broker-api-versions.sh --bootstrap-server {bootstrap}');
    expect(versions).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('(id: 1 rack') });
    const election = 'kafka-leader-election.sh --bootstrap-server {bootstrap} --election-type PREFERRED';
    expect(await run(`${election} --all-topic-partitions`)).toMatchObject({ exitCode: 0 });
    const group = await run('kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe --group payments');
    expect(group).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('GroupIdNotFoundException') });
  });

  it('can be joined by a shell', async () => {
    const produce = 'echo hello | kafka-console-producer.sh --bootstrap-server {bootstrap} --topic orders';
    const consume = 'kafka-console-consumer.sh --bootstrap-server {bootstrap} --topic orders --from-beginning';
    const value = await read(['sh', '-c', `${produce} && ${consume} --max-messages 1`]);
    expect(value).toMatchObject({ exitCode: 0, stdout: 'hello' });
  });
});

describe('commands of the runbooks that Kafka 4 does not have any more', () => {
  it('are seen to fail', async () => {
    const old = await run('kafka-get-offsets.sh --broker-list {bootstrap} --topic orders');
    expect(old).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('broker-list') });
    const moved = await run('kafka-run-class.sh kafka.tools.GetOffsetShell --broker-list {bootstrap} --topic orders');
    expect(moved).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ClassNotFoundException') });
    const alone = await run('kafka-topics.sh --bootstrap-server {bootstrap} --under-min-isr-partitions');
    expect(alone).toMatchObject({ exitCode: 1 });
  });

  it('are seen to do nothing, although they exit with 0 or only find nothing', async () => {
    const reset = 'kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group g --reset-offsets --topic orders';
    const dated = await run(`${reset} --execute --to-datetime 2024-01-01T00:00:00Z`);
    expect(dated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Unparseable date') });
    const grep = 'kafka-topics.sh --bootstrap-server {bootstrap} --describe | grep UnderReplicated';
    expect(await read(['sh', '-c', grep])).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
