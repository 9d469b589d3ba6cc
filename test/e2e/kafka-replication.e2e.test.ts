// Kafka's probes and acts against three real brokers, each of which is a controller too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtin } from '../../src/builtin.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { createTopics } from '../../src/clients/kafka-topics.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { FaultInput, OpenProbe, UndoRecord } from '../../src/core/kinds.ts';
import { waitFor } from '../../src/core/wait.ts';
import { contextOf, type KafkaContext } from '../kafka-context.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../loopback-kafka.ts';

let kafka: LoopbackKafka;
let cx: KafkaContext;

beforeAll(async () => {
  const settings = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };
  kafka = await startLoopbackKafka({ combined: 3, settings });
  cx = contextOf(kafka);
  using nodes = openKafkaNodes(kafka.book('probe'), { timeoutMs: 5000, role: 'broker' });
  const turns = [1, 2, 3].map((first) => [first, (first % 3) + 1, ((first + 1) % 3) + 1]);
  const orders = { name: 'orders', replicas: turns, config: { 'min.insync.replicas': '2' } };
  await nodes.ask('broker-1', (broker) => createTopics(broker, [orders], 10_000));
  await until('kafka.replication', {}, ({ isrWhole, watched }) => isrWhole === true && watched === 3);
});
afterAll(async () => kafka[Symbol.asyncDispose]());

function open(kind: string, params: JsonObject, context: KafkaContext = cx): Promise<OpenProbe> {
  const probe = builtin.probes.get(kind);
  if (probe === undefined) throw new Error(`no probe ${kind}`);
  return probe.open(probe.params.parse(params), context);
}

async function read(kind: string, params: JsonObject = {}): Promise<JsonObject> {
  await using probe = await open(kind, params);
  return (await probe.read(cx.signal)) as JsonObject;
}

async function until(kind: string, params: JsonObject, holds: (value: JsonObject) => boolean): Promise<JsonObject> {
  await using probe = await open(kind, params);
  const ask = async (): Promise<JsonObject | undefined> => {
    const value = await probe.read(cx.signal).catch(() => undefined);
    return value !== undefined && holds(value as JsonObject) ? (value as JsonObject) : undefined;
  };
  return await waitFor(ask, { withinMs: 40_000, everyMs: 50, what: `${kind} to be as wanted` });
}

function act(kind: string, params: JsonObject) {
  const action = builtin.actions.get(kind);
  if (action === undefined) throw new Error(`no action ${kind}`);
  return action.run({ params: action.params.parse(params) } as FaultInput<unknown>, cx);
}

function undo(kind: string, prior: Json | undefined) {
  const record = { prior, deadlineMs: 20_000 } as UndoRecord;
  return builtin.actions.get(kind)?.revert?.(record, cx);
}

describe('kafka.replication', () => {
  it('tells who leads, with all replicas in step', async () => {
    expect(await read('kafka.replication')).toMatchObject({
      watched: 3,
      underReplicated: 0,
      offline: 0,
      isrWhole: true,
      notPreferred: 0,
      brokersUnfenced: 3,
      leaders: { 'broker-1': 1, 'broker-2': 1, 'broker-3': 1 },
      notWhole: {},
    });
  });

  it('calls an unknown topic an error', async () => {
    await expect(read('kafka.replication', { topics: ['order'] })).rejects.toThrow('no topic "order"');
  });
});

describe('while a broker is killed', () => {
  interface Taken {
    readonly startedMs: number;
    readonly atMs: number;
    readonly value: JsonObject | undefined;
  }

  /** Every 100 ms, as the engine samples, until told to stop. */
  async function sample(probe: OpenProbe, goOn: () => boolean): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    while (goOn()) {
      const startedMs = cx.clock.nowMs();
      const value = await probe.read(AbortSignal.timeout(400)).catch(() => undefined);
      taken.push({ startedMs, atMs: cx.clock.nowMs(), value: value as JsonObject | undefined });
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedMs + 100 - cx.clock.nowMs())));
    }
    return taken;
  }

  /** The longest time between two readings that were answered. */
  function longestGapMs(taken: readonly Taken[]): number {
    const answered = taken.filter(({ value }) => value !== undefined);
    expect(answered.length).toBeGreaterThan(30);
    return Math.max(...answered.slice(1).map(({ startedMs }, at) => startedMs - (answered[at]?.startedMs ?? 0)));
  }

  /** As if the other brokers were all that there are. */
  function without(broker: string): KafkaContext {
    const book = kafka.book('probe');
    const rows = book.rows.filter(({ node }) => node !== broker);
    return { ...cx, cluster: { ...cx.cluster, addresses: () => ({ ...book, rows }) } };
  }

  it('is read on, and shows the ISR shrink, the leader move and the ISR whole again', async () => {
    await using probe = await open('kafka.replication', {});
    await using survivors = await open('kafka.replication', {}, without('broker-1'));
    let going = true;
    const sampling = Promise.all([sample(probe, () => going), sample(survivors, () => going)]);
    await kafka.kill('broker-1');
    const shrunk = await until('kafka.replication', {}, ({ underReplicated }) => underReplicated === 3);
    expect(shrunk).toMatchObject({ brokersUnfenced: 2, underMinIsr: 0, offline: 0, isrWhole: false, notPreferred: 1 });
    expect(shrunk['notWhole']).toMatchObject({ 'orders/0': { leader: 2, missing: [1] } });
    await kafka.start('broker-1');
    await until('kafka.replication', {}, ({ isrWhole }) => isrWhole === true);
    going = false;
    const [taken, beside] = await sampling;
    // What the dead one costs: the machine's own standstills, and elections, are in both.
    expect(longestGapMs(taken) - longestGapMs(beside)).toBeLessThan(400);
  });

  it('gives the leaders back with an election, and says which have moved', async () => {
    expect(await read('kafka.replication')).toMatchObject({ notPreferred: 1, leaders: { 'broker-1': 0 } });
    const evidence = await act('kafka.elect-preferred-leaders', {});
    expect(evidence.facts['moved']).toContainEqual({ unit: 'orders/0', from: 2, to: 1 });
    expect(await read('kafka.replication')).toMatchObject({ notPreferred: 0, leaders: { 'broker-1': 1 } });
    const again = await act('kafka.elect-preferred-leaders', {});
    expect(again).toMatchObject({ facts: { moved: [] } });
  });
});

describe('while a broker is hung', () => {
  it('goes on being read from those that answer, and an election of it is refused', async () => {
    // Not the active controller, which it may be here too: without it nothing is decided.
    const { leader } = await until('kafka.quorum', {}, ({ votersInStep }) => votersInStep === 3);
    const number = [1, 2, 3].find((each) => leader !== `broker-${each}`);
    kafka.signal(`broker-${number}`, 'SIGSTOP');
    try {
      await until('kafka.replication', {}, ({ brokersUnfenced }) => brokersUnfenced === 2);
      const refusal = act('kafka.elect-preferred-leaders', {});
      const unit = `orders/${(number ?? 0) - 1}`;
      await expect(refusal).rejects.toThrow(`not elected: ${unit} PREFERRED_LEADER_NOT_AVAILABLE`);
    } finally {
      kafka.signal(`broker-${number}`, 'SIGCONT');
    }
    await until('kafka.replication', {}, ({ isrWhole }) => isrWhole === true);
    await act('kafka.elect-preferred-leaders', {});
  });
});

describe('kafka.quorum', () => {
  it('names one active controller, and finds a voter that is behind', async () => {
    const whole = await until('kafka.quorum', {}, ({ votersInStep }) => votersInStep === 3);
    expect(whole).toMatchObject({ activeControllers: 1, voters: 3 });
    const follower = ['broker-1', 'broker-2', 'broker-3'].find((node) => node !== whole['leader']) ?? '';
    kafka.signal(follower, 'SIGSTOP');
    const behind = await until('kafka.quorum', {}, ({ votersInStep }) => votersInStep === 2).finally(() =>
      kafka.signal(follower, 'SIGCONT'),
    );
    expect(behind['maxLagMs']).toBeGreaterThan(2000);
    await until('kafka.quorum', {}, ({ votersInStep }) => votersInStep === 3);
    await until('kafka.replication', {}, ({ isrWhole, brokersUnfenced }) => isrWhole === true && brokersUnfenced === 3);
  });
});

describe('kafka.log-dirs', () => {
  it('tells what every broker holds', async () => {
    const value = await read('kafka.log-dirs', { topics: ['orders'] });
    expect(value).toMatchObject({ brokersAnswering: 3, dirs: 3, offlineDirs: 0, futures: 0 });
    expect(Object.keys((value['partitions'] as JsonObject)['broker-2'] as JsonObject).sort()).toEqual([
      'orders/0',
      'orders/1',
      'orders/2',
    ]);
    await expect(read('kafka.log-dirs', { topics: ['order'] })).rejects.toThrow('anything of topic "order"');
  });
});

describe('kafka.reassign', () => {
  it('moves partitions, says from where, and puts them back', async () => {
    const evidence = await act('kafka.reassign', { partitions: { 'orders/0': [3, 2] } });
    expect(evidence.facts).toMatchObject({ before: { 'orders/0': [1, 2, 3] }, after: { 'orders/0': [3, 2] } });
    const moved = await read('kafka.replication');
    expect(moved['partitions']).toMatchObject({ 'orders/0': { replicas: [3, 2] } });
    await undo('kafka.reassign', cx.priors.at(-1));
    await undo('kafka.reassign', cx.priors.at(-1));
    expect((await read('kafka.replication'))['partitions']).toMatchObject({ 'orders/0': { replicas: [1, 2, 3] } });
  });

  it('says what was refused', async () => {
    await expect(act('kafka.reassign', { partitions: { 'orders/0': [1, 9] } })).rejects.toThrow(
      'orders/0 INVALID_REPLICA_ASSIGNMENT',
    );
    await expect(act('kafka.reassign', { partitions: { 'orders/7': [1] } })).rejects.toThrow('no partition orders/7');
  });
});

describe('kafka.create-topic', () => {
  it('creates a topic with all replicas in step, and deletes it, once', async () => {
    const evidence = await act('kafka.create-topic', { topic: 'made', partitions: 3 });
    expect(evidence.facts).toMatchObject({ topic: 'made' });
    expect(await read('kafka.replication', { topics: ['made'] })).toMatchObject({ watched: 3, isrWhole: true });
    const prior = cx.priors.at(-1);
    expect(await undo('kafka.create-topic', prior)).toMatchObject({ summary: 'topic made deleted' });
    await expect(read('kafka.replication', { topics: ['made'] })).rejects.toThrow('no topic "made"');
    expect(await undo('kafka.create-topic', prior)).toMatchObject({ summary: 'topic made is not there' });
  });

  it('neither takes a topic for its own nor deletes one that took the place of its own', async () => {
    await expect(act('kafka.create-topic', { topic: 'orders' })).rejects.toThrow('exists already');
    const other = { topic: 'orders', topicId: '00000000-0000-0000-0000-000000000001', service: null };
    expect(await undo('kafka.create-topic', other)).toMatchObject({
      summary: 'topic orders is another one now, and stays',
    });
    expect(await read('kafka.replication', { topics: ['orders'] })).toMatchObject({ watched: 3 });
  });
});
