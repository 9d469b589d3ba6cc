import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaErrorName } from '../../src/clients/kafka-api.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { clientHost, linkName, type NodeName, PROBE } from '../../src/core/node.ts';
import { factsOf, type KafkaFacts } from '../../src/services/kafka/facts.ts';
import { kafka } from '../../src/services/kafka/service.ts';
import { able, until } from '../contract/support.ts';
import { type KafkaUnderTest, startKafka } from './support/kafka-cluster.ts';

const SESSION_MS = 4000;
const HEARTBEAT_MS = 500;
const BROKERS = ['broker-1', 'broker-2', 'broker-3'];
const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'];

let under: KafkaUnderTest;
const facts = async (): Promise<KafkaFacts> => factsOf(await kafka.view('kafka', under.live(5000)));

describe('Kafka on the local runtime', () => {
  beforeAll(async () => {
    under = await startKafka({
      topics: {
        orders: {
          replicas: [
            [1, 2, 3],
            [2, 3, 1],
          ],
        },
      },
      settings: {
        controller: { 'broker.session.timeout.ms': SESSION_MS },
        broker: { 'broker.heartbeat.interval.ms': HEARTBEAT_MS },
      },
    });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  it('is complete once it is prepared: who leads, who is in step, and what is in force', async () => {
    const { activeController, unfenced, fenced, partitions } = await facts();
    expect(CONTROLLERS).toContain(activeController);
    expect([unfenced, fenced]).toEqual([BROKERS, []]);
    const own = Object.entries(partitions).filter(([unit]) => !unit.startsWith('__'));
    const coordinators = Object.entries(partitions).flatMap(([unit, { leader }]) =>
      unit.startsWith('__') ? leader : [],
    );
    expect(coordinators).toEqual([...BROKERS, ...BROKERS]);
    expect(Object.fromEntries(own)).toEqual({
      'orders/0': { leader: 'broker-1', epoch: 0, replicas: BROKERS, isr: BROKERS },
      'orders/1': {
        leader: 'broker-2',
        epoch: 0,
        replicas: ['broker-2', 'broker-3', 'broker-1'],
        isr: ['broker-2', 'broker-3', 'broker-1'],
      },
    });
    const settings = (await kafka.settings('kafka', under.live(5000))) as JsonObject;
    expect(settings).toMatchObject({
      controller: Object.fromEntries(
        CONTROLLERS.map((node) => [node, { 'broker.session.timeout.ms': String(SESSION_MS) }]),
      ),
      broker: Object.fromEntries(
        BROKERS.map((node) => [node, { 'broker.heartbeat.interval.ms': String(HEARTBEAT_MS) }]),
      ),
      topics: { orders: { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' } },
      features: { 'eligible.leader.replicas.version': 1 },
    });
    expect(await kafka.offsets('kafka', under.live(5000))).toEqual({ 'orders/0': 0, 'orders/1': 0 });
  });

  it('shows clients the listeners of clients, and the probes one of every node', async () => {
    const ways = (from: string): string[] =>
      under.cluster.addresses(from).rows.map(({ node, listener }) => `${node} ${listener}`);
    expect(ways(clientHost('writes'))).toEqual(BROKERS.map((node) => `${node} client`));
    expect(ways(PROBE)).toEqual([...CONTROLLERS, ...BROKERS].map((node) => `${node} probe`));
    const all = under.cluster.spec.links.map(({ name }) => name);
    const answers = await able(under.cluster, 'links').answers(all, 2000);
    expect(Object.keys(answers).filter((name) => !answers[name])).toEqual([]);
  });

  it('lets nothing go round its links: with the peers’ shut nobody talks to anybody, and the probes see every node', async () => {
    const links = able(under.cluster, 'links');
    const logs = able(under.cluster, 'logs');
    expect(await under.write('broker-1', 'all')).toBe(0);
    await links.refuse(under.peers);
    try {
      await until(async () => (await facts()).activeController, null);
      const answers = await links.answers([...under.peers, ...under.probes], 2000);
      expect(Object.keys(answers).filter((name) => answers[name])).toEqual(under.probes);
      // The leader still has its clients, and nobody who would take its records.
      expect(await under.write('broker-1', 1)).toBe(0);
      expect(kafkaErrorName(await under.write('broker-1', 'all'))).toBe('REQUEST_TIMED_OUT');
      expect((await facts()).partitions['orders/0']?.isr).toEqual(BROKERS);
      // Among themselves the controllers elect one again, and it hears of no broker.
      await links.heal(under.peers.filter((name) => /^controller-\d->controller/.test(name)));
      await until(async () => CONTROLLERS.includes((await facts()).activeController ?? ''), true);
      const active = (await facts()).activeController ?? '';
      const fenced = async (): Promise<string[]> =>
        [...(await logs.read(active)).matchAll(/Fencing broker (\d) at epoch/g)].map(([, id]) => `broker-${id}`).sort();
      await until(fenced, BROKERS, 30_000);
    } finally {
      await links.heal(under.peers);
    }
    await until(async () => under.write((await facts()).partitions['orders/0']?.leader ?? '', 'all'), 0, 60_000);
    await until(async () => (await facts()).partitions['orders/0']?.isr.length, 3, 60_000);
  });

  it('tells once of each change, by which broker it may be', async () => {
    const lifecycle = able(under.cluster, 'lifecycle');
    const links = able(under.cluster, 'links');
    const leader = (await facts()).partitions['orders/0']?.leader ?? '';
    const into = under.cluster.spec.links
      .filter(({ to, from }) => to === leader && from !== PROBE)
      .map(({ name }) => name);
    await using _ = await kafka.follow('kafka', under.live());
    const told = (mark: string, about: NodeName): number =>
      under.marks.filter((each) => each.mark === mark && each.detail.startsWith(`${about} `)).length;
    await until(async () => (await facts()).unfenced.length, 3);
    const killed = performance.now();
    await lifecycle.kill(leader);
    await links.refuse(into);
    await until(() => [told('-broker', leader), told('-isr', leader) > 0], [1, true]);
    const fencedMs = performance.now() - killed;
    expect(fencedMs).toBeGreaterThan(SESSION_MS - HEARTBEAT_MS - 200);
    expect(under.marks.some(({ mark, detail }) => mark === '+leader' && detail.includes('orders/0 (epoch'))).toBe(true);
    await lifecycle.start(leader);
    await links.heal(into, 'refuse');
    await until(
      async () => [told('+broker', leader), (await facts()).partitions['orders/0']?.isr.length],
      [1, 3],
      60_000,
    );
    expect(told('-broker', leader)).toBe(1);
    console.log(
      `${linkName('kill', leader)}: fenced after ${Math.round(fencedMs)} ms`,
      under.marks.map(({ mark, source, detail }) => `${mark} (${source}) ${detail}`),
    );
  });
});

describe('a Kafka whose brokers are controllers', () => {
  it('is one node that is everything', async () => {
    await using small = await startKafka({
      topics: { orders: { partitions: 2 } },
      settings: { 'kafka-nodes': { brokers: 1, combined: true } },
    });
    const view = await kafka.view('kafka', small.live(5000));
    expect(view.roles).toEqual({ 'broker-1': ['broker', 'controller', 'kafka-active-controller'] });
    expect(kafka.words['kafka-active-controller']?.resolve(view)).toEqual(['broker-1']);
    expect(await small.write('broker-1', 'all')).toBe(0);
    expect(await kafka.offsets('kafka', small.live(5000))).toEqual({ 'orders/0': 1, 'orders/1': 0 });
  });
});
