import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../test/kafka-context.ts';
import { createTopic } from '../../test/kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../../test/loopback-kafka.ts';
import { runWorkload, type WorkloadRun } from '../../test/run-workload.ts';
import { untilAnswered } from '../../test/until-answered.ts';
import { kafkaResetOffsets } from '../actions/kafka-reset-offsets.ts';
import { kafkaSeek } from '../actions/kafka-seek.ts';
import { workloadScale } from '../actions/workload-scale.ts';
import { createClock } from '../core/clock.ts';
import type { EventBody } from '../core/journal.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { FaultInput, OpenProbe } from '../core/kinds.ts';
import { waitFor } from '../core/wait.ts';
import type { OpRecord } from '../journal/ops-format.ts';
import { kafkaGroup } from '../probes/kafka-group.ts';
import { kafkaLag } from '../probes/kafka-lag.ts';
import { kafkaConsumer } from './kafka-consumer.ts';
import { kafkaLedger } from './kafka-ledger.ts';

let kafka: LoopbackKafka;
let topics = 0;

beforeAll(async () => {
  kafka = await startLoopbackKafka({ combined: 1, settings: { 'group.min.session.timeout.ms': 1000 } });
}, 120_000);
afterAll(() => kafka[Symbol.asyncDispose]());

interface Pair extends AsyncDisposable {
  readonly topic: string;
  readonly writes: WorkloadRun;
  readonly reads: WorkloadRun;
  readonly events: readonly EventBody[];
  finish(): Promise<Finished>;
}
interface Finished {
  readonly written: readonly OpRecord[];
  readonly processed: readonly OpRecord[];
  readonly copies: readonly { readonly unit: string; readonly from: string; readonly values: readonly number[] }[];
}

/** A ledger of two partitions, and who reads it. */
async function startPair(client: string, more: object = {}): Promise<Pair> {
  topics += 1;
  const topic = `orders-${topics}`;
  await createTopic(kafka.book('client'), { name: topic, replicas: [[1], [1]] });
  const dir = await mkdtemp(join(kafka.dir, 'run-'));
  const events: EventBody[] = [];
  const shared = { dir, addresses: kafka.book('client'), events, clock: createClock() };
  const group = `readers-${topics}`;
  const reads = await runWorkload(
    kafkaConsumer,
    { topics: topic, group, ...more },
    { ...shared, name: 'reads', client },
  );
  const writes = await runWorkload(kafkaLedger, { topic, rate: '50/s', deadline: '2s' }, shared);
  return {
    topic,
    writes,
    reads,
    events,
    finish: async () => {
      const [{ ops: written }] = await Promise.all([writes.finish(), reads.workload.stop()]);
      await reads.workload.readBack(kafka.book('probe'), 20_000);
      const { ops: processed } = await reads.finish();
      return { written, processed, copies: await copiesIn(join(dir, 'reads.read.ndjson')) };
    },
    [Symbol.asyncDispose]: async () => {
      await writes[Symbol.asyncDispose]();
      await reads[Symbol.asyncDispose]();
    },
  };
}

async function copiesIn(file: string): Promise<Finished['copies']> {
  const copies: { unit: string; from: string; values: number[] }[] = [];
  for (const line of (await readFile(file, 'utf8')).trimEnd().split('\n')) {
    const parsed = JSON.parse(line) as number[] | { unit: string; from: string };
    if (Array.isArray(parsed)) copies.at(-1)?.values.push(...parsed);
    else copies.push({ ...parsed, values: [] });
  }
  return copies;
}

function marks(events: readonly EventBody[], mark: string): readonly EventBody[] {
  return events.filter((event) => event.type === 'mark' && event.mark === mark);
}

const keys = (ops: readonly OpRecord[]): string[] => ops.map(({ unit, i }) => `${unit} ${i}`).toSorted();

describe.each(['oracle', 'kafkajs', 'platformatic'])('%s', (client) => {
  it('processes every record that was acknowledged, once, and says how long after it was sent', async () => {
    await using pair = await startPair(client);
    await pair.reads.until('100 records', ({ ok }) => ok >= 100);
    const { written, processed, copies } = await pair.finish();
    const acknowledged = written.filter(({ outcome }) => outcome === 'ok');
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(keys(processed)).toEqual(expect.arrayContaining(keys(acknowledged)));
    expect(new Set(processed.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
    expect(new Set(keys(processed)).size).toBe(processed.length);
    for (const { sentMs, settledMs } of processed) expect(settledMs).toBeGreaterThanOrEqual(sentMs);
    for (const unit of ['0', '1']) {
      const [log, order] = copies.filter((copy) => copy.unit === `${pair.topic}/${unit}`);
      expect(log?.from).toBe('broker-1');
      expect(order?.values).toEqual(log?.values);
    }
    expect(pair.events.filter(({ type }) => type === 'problem')).toEqual([]);
  }, 60_000);
});

describe('members of a group', () => {
  it('share the partitions; what a killed one held is taken over, and it comes back', async () => {
    await using pair = await startPair('kafkajs', { members: 2, sessionTimeout: '2s' });
    await pair.reads.until('50 records', ({ ok }) => ok >= 50);
    const { members } = pair.reads.workload;
    if (members === undefined) throw new Error('no members');
    expect(members.names).toEqual(['reads#1', 'reads#2']);
    const before = await members.status('reads#1');
    expect(before.state).toBe('running');
    await untilJoined(pair, 'reads#1', /holds \S+$/);
    await untilJoined(pair, 'reads#2', /holds \S+$/);
    const killed = pair.events.length;
    await members.kill('reads#1');
    expect(await members.status('reads#1')).toEqual({ state: 'gone', identity: undefined });
    await untilJoined(pair, 'reads#2', /holds \S+, \S+$/, killed);
    const started = pair.events.length;
    expect(await members.start('reads#1')).not.toEqual(before.identity);
    await untilJoined(pair, 'reads#1', /holds \S+$/, started);
    const { written, processed } = await pair.finish();
    const ok = (ops: readonly OpRecord[]): readonly OpRecord[] => ops.filter(({ outcome }) => outcome === 'ok');
    expect(keys(ok(processed))).toEqual(expect.arrayContaining(keys(ok(written))));
    expect(marks(pair.events, 'consumer ended')).toMatchObject([{ source: 'reads#1', detail: 'SIGKILL' }]);
  }, 120_000);

  it('can be suspended, and go on', async () => {
    await using pair = await startPair('oracle', { members: 2 });
    await pair.reads.until('50 records', ({ ok }) => ok >= 50);
    const { members } = pair.reads.workload;
    await members?.pause('reads#2');
    expect((await members?.status('reads#2'))?.state).toBe('paused');
    await members?.resume('reads#2');
    const { processed } = await pair.finish();
    expect(processed.every(({ outcome }) => outcome === 'ok')).toBe(true);
  }, 60_000);
});

async function untilJoined(pair: Pair, member: string, holding: RegExp, since = 0): Promise<void> {
  const joined = (): true | undefined =>
    pair.events
      .slice(since)
      .some(
        (event) =>
          event.type === 'mark' &&
          event.mark === 'consumer joined' &&
          event.source === member &&
          holding.test(event.detail),
      ) || undefined;
  await waitFor(joined, { withinMs: 30_000, everyMs: 20, what: `${member} to join as ${holding}` });
}

describe('remedies', () => {
  it('scale a group to nobody, give it other offsets, and let it read again', async () => {
    await using pair = await startPair('kafkajs');
    await pair.reads.until('30 records', ({ ok }) => ok >= 30);
    const group = `readers-${topics}`;
    const cx = { ...contextOf(kafka), workloads: new Map([['reads', pair.reads.workload]]) };
    const reset = kafkaResetOffsets.params.parse({ group, topic: pair.topic, to: 'begin' });
    await expect(kafkaResetOffsets.run(input(reset), cx)).rejects.toThrow(`other offsets for group "${group}"`);
    await workloadScale.run(input({ workload: 'reads', members: 0 }), cx);
    expect(pair.reads.workload.members?.names).toEqual([]);
    const { facts } = await kafkaResetOffsets.run(input(reset), cx);
    expect(facts).toMatchObject({ offsets: { [`${pair.topic}/0`]: 0, [`${pair.topic}/1`]: 0 } });
    await workloadScale.run(input({ workload: 'reads', members: 1 }), cx);
    const { processed, copies } = await pair.finish();
    expect(new Set(keys(processed)).size).toBe(processed.length);
    const [log, order] = copies;
    expect(order?.values.length).toBeGreaterThan((log?.values.length ?? 0) + 5);
  }, 90_000);

  it('let a reader go on from another offset', async () => {
    await using pair = await startPair('oracle');
    const { ok: before } = await pair.reads.until('60 records', ({ ok }) => ok >= 60);
    const cx = { ...contextOf(kafka), workloads: new Map([['reads', pair.reads.workload]]) };
    const seek = kafkaSeek.params.parse({ workload: 'reads', topic: pair.topic, partitions: [0], to: 'begin' });
    await kafkaSeek.run(input(seek), cx);
    const nowhere = kafkaSeek.run(input({ ...seek, partitions: [0, 7] }), cx);
    await expect(nowhere).rejects.toThrow(`there is no partition ${pair.topic}/7`);
    // The other partition goes on meanwhile.
    await pair.reads.until('80 more', ({ ok }) => ok >= before + 80);
    const { copies } = await pair.finish();
    const [log, order] = copies.filter(({ unit }) => unit === `${pair.topic}/0`);
    expect(order?.values.length).toBeGreaterThanOrEqual((log?.values.length ?? 0) + 20);
  }, 60_000);
});

function input<P>(params: P): FaultInput<P> {
  const { cluster } = contextOf(kafka);
  return { params, targets: [], view: { atMs: 0, nodes: [], services: {} }, cluster, resolve: () => [] };
}

describe('a consumer that commits before it processes, and is killed', () => {
  it('is found: records that it has passed and never processed', async () => {
    await using pair = await startPair('kafkajs', {
      commit: 'beforeProcessing',
      processing: '40ms',
      sessionTimeout: '2s',
    });
    await pair.reads.until('some records', ({ ok }) => ok >= 40);
    const { members } = pair.reads.workload;
    await members?.kill('reads#1');
    await members?.start('reads#1');
    pair.writes.workload.setPaused?.(true);
    const before = pair.reads.workload.counters().ok;
    await pair.reads.until('more records', ({ ok }) => ok > before + 20);
    const { written, processed } = await pair.finish();
    const lost = processed.filter(({ errorCode }) => errorCode === 'NOT_PROCESSED');
    expect(lost.length).toBeGreaterThan(0);
    expect(keys(written.filter(({ outcome }) => outcome === 'ok'))).toEqual(expect.arrayContaining(keys(lost)));
  }, 120_000);
});

function readAgain(probe: OpenProbe, isIt: (value: Json) => boolean = () => true): Promise<Json> {
  const read = async (): Promise<Json | undefined> => {
    const value = await untilAnswered(() => probe.read(new AbortController().signal));
    return isIt(value) ? value : undefined;
  };
  return waitFor(read, { withinMs: 20_000, everyMs: 50, what: 'a reading' });
}

describe('kafka.lag and kafka.group', () => {
  it('tell how far a group is behind, and who holds what', async () => {
    await using pair = await startPair('platformatic', { members: 2, protocol: 'consumer' });
    await pair.reads.until('50 records', ({ ok }) => ok >= 50);
    const group = `readers-${topics}`;
    await using lag = await kafkaLag.open(kafkaLag.params.parse({ group, topics: pair.topic }), contextOf(kafka));
    await using who = await kafkaGroup.open({ group }, contextOf(kafka));
    expect(await readAgain(lag)).toMatchObject({ unknown: 0, records: expect.any(Number), ms: expect.any(Number) });
    const stable = await readAgain(who, (value) => isJsonObject(value) && value['state'] === 'Stable');
    expect(stable).toMatchObject({ protocol: 'consumer', partitions: 2, members: 2, heldTwice: 0 });
    await using nobody = await kafkaLag.open(kafkaLag.params.parse({ group: 'nobody' }), contextOf(kafka));
    await expect(readAgain(nobody)).rejects.toThrow('there is no group "nobody"');
    await using nothing = await kafkaLag.open(
      kafkaLag.params.parse({ group, topics: 'no-such-topic' }),
      contextOf(kafka),
    );
    await expect(readAgain(nothing)).rejects.toThrow('no topic "no-such-topic"');
    await pair.finish();
  }, 60_000);
});
