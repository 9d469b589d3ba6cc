// What the links of a cluster promise. Part of the runtimes' contract.
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Cluster, Links } from '../../src/core/cluster.ts';
import { type Address, linkName, PROBE } from '../../src/core/node.ts';
import { CLIENT } from './redis-spec.ts';
import { addressOf, ask, info } from './resp.ts';
import { able, until } from './support.ts';

export function describeLinks(clusterOf: () => Cluster): void {
  const linksOf = (): Links => able(clusterOf(), 'links');
  const peers = (): string[] => {
    const nodes = new Set(clusterOf().spec.nodes.map((node) => node.name));
    return clusterOf()
      .spec.links.filter((link) => nodes.has(link.from))
      .map((link) => link.name);
  };
  const healAfterwards = (names: readonly string[]): void => onTestFinished(() => linksOf().heal(names));
  const client = (): Address => addressOf(clusterOf().addresses(CLIENT), 'redis-1');
  const link = linkName(CLIENT, 'redis-1');

  it('answers on every link, and says so of each', async () => {
    const names = clusterOf().spec.links.map((each) => each.name);
    expect(await linksOf().answers(names, 2000)).toEqual(Object.fromEntries(names.map((name) => [name, true])));
    expect(await linksOf().state()).toEqual(names.map((name) => ({ name, enabled: true, toxics: [] })));
  });

  it('lets nothing go round them: with the peers’ links shut nobody talks to anybody, and the probes see every node', async () => {
    healAfterwards(peers());
    await linksOf().refuse(peers());
    const probe = clusterOf().addresses(PROBE);
    await until(() => info(probe, 'redis-1', 'connected_slaves'), '0');
    for (const replica of ['redis-2', 'redis-3']) await until(() => info(probe, replica, 'master_link_status'), 'down');
    for (const sentinel of ['sentinel-1', 'sentinel-2', 'sentinel-3']) {
      const quorum = (): Promise<string> => ask(addressOf(probe, sentinel), 'SENTINEL CKQUORUM main').catch(String);
      await until(async () => /NOQUORUM/.test(await quorum()), true);
      await until(async () => /status=sdown/.test((await info(probe, sentinel, 'master0')) ?? ''), true);
    }
    const answers = await linksOf().answers([...peers(), linkName(PROBE, 'redis-2')], 500);
    expect(Object.keys(answers).filter((name) => answers[name])).toEqual([linkName(PROBE, 'redis-2')]);
    await linksOf().heal(peers());
    for (const replica of ['redis-2', 'redis-3']) await until(() => info(probe, replica, 'master_link_status'), 'up');
    await until(async () => /status=ok/.test((await info(probe, 'sentinel-1', 'master0')) ?? ''), true);
  });

  it('cuts in silence: connections stay open, and what was held is delivered at heal', async () => {
    healAfterwards([link]);
    const before = await openConnection(client());
    await linksOf().cut([link]);
    await linksOf().cut([link]);
    const during = await openConnection(client());
    for (const connection of [before, during]) connection.socket.write('INCR cut:held\r\n');
    expect(await linksOf().answers([link], 100)).toEqual({ [link]: false });
    expect([before, during].map((each) => [each.socket.closed, each.text()])).toEqual([
      [false, ''],
      [false, ''],
    ]);
    await linksOf().heal([link]);
    await linksOf().heal([link]);
    await until(() => [before.text(), during.text()].sort(), [':1\r\n', ':2\r\n']);
    expect(await linksOf().answers([link], 1000)).toEqual({ [link]: true });
  });

  it('heals only the harm that is named', async () => {
    healAfterwards([link]);
    await linksOf().cut([link]);
    await linksOf().refuse([link]);
    const harmed = async (): Promise<unknown> => (await linksOf().state()).find(({ name }) => name === link);
    await linksOf().heal([link], 'shape');
    expect(await harmed()).toMatchObject({ enabled: false, toxics: [expect.any(String), expect.any(String)] });
    await linksOf().heal([link], 'refuse');
    expect(await harmed()).toMatchObject({ enabled: true, toxics: [expect.any(String), expect.any(String)] });
    await linksOf().heal([link], 'cut');
    expect(await harmed()).toMatchObject({ enabled: true, toxics: [] });
    expect(await linksOf().answers([link], 1000)).toEqual({ [link]: true });
  });

  it('refuses: connections end and new ones are refused, until it is healed', async () => {
    healAfterwards([link]);
    const { socket } = await openConnection(client());
    await linksOf().refuse([link]);
    await linksOf().refuse([link]);
    await until(() => socket.closed, true, 1000);
    await expect(ask(client(), 'PING')).rejects.toThrow('ECONNREFUSED');
    expect((await linksOf().state()).filter((state) => !state.enabled).map(({ name }) => name)).toEqual([link]);
    await linksOf().heal([link]);
    expect(await ask(client(), 'PING')).toBe('PONG');
  });

  it('shapes: delays both ways, limits the rate, takes a new shape for the old one', async () => {
    healAfterwards([link]);
    await linksOf().shape([link], { latencyMs: 100 });
    expect(await pingMs(client())).toBeGreaterThan(199);
    await linksOf().shape([link], { latencyMs: 20, jitterMs: 0 });
    const shorter = await pingMs(client());
    expect(shorter).toBeGreaterThan(39);
    expect(shorter).toBeLessThan(200);
    await linksOf().shape([link], { rateKbPerSecond: 100 });
    await ask(client(), `SET big ${'x'.repeat(50_000)}`, 5000);
    const start = performance.now();
    await ask(client(), 'GET big', 5000);
    expect(performance.now() - start).toBeGreaterThan(400);
    await linksOf().shape([link], {});
    expect((await linksOf().state()).filter((state) => state.toxics.length > 0)).toEqual([]);
  });

  it('takes every fault off again, whatever was done in between', async () => {
    const names = [link, linkName(CLIENT, 'redis-2'), linkName('redis-1', 'redis-2')];
    healAfterwards(names);
    await linksOf().shape(names, { latencyMs: 5, rateKbPerSecond: 1000 });
    await linksOf().cut(names.slice(1));
    await linksOf().refuse(names.slice(0, 2));
    await linksOf().heal(names);
    expect((await linksOf().state()).filter((state) => !state.enabled || state.toxics.length > 0)).toEqual([]);
  });

  it('heals all links without waiting when the other ends of their connections have gone', async () => {
    const names = clusterOf()
      .spec.links.filter((each) => each.from !== PROBE)
      .map((each) => each.name);
    healAfterwards(names);
    const connections = await Promise.all(Array.from({ length: 20 }, () => openConnection(client())));
    await linksOf().cut(names);
    for (const { socket } of connections) socket.write('INCR cut:gone\r\n'.repeat(100));
    const lifecycle = able(clusterOf(), 'lifecycle');
    await Promise.all(['redis-1', 'sentinel-3'].map((node) => lifecycle.kill(node)));
    for (const { socket } of connections.slice(10)) socket.resetAndDestroy();
    const start = performance.now();
    await linksOf().heal(names);
    // In one step Toxiproxy waits 5 s for each chunk whose destination has gone; `npm run bench -- heal` has the figure.
    expect(performance.now() - start).toBeLessThan(4000);
    await Promise.all(['redis-1', 'sentinel-3'].map((node) => lifecycle.start(node)));
    await until(() => ask(client(), 'PING'), 'PONG');
  });

  it('says which name is no link', async () => {
    const names = [link, 'redis-1->nobody'];
    const attempts = [
      () => linksOf().cut(names),
      () => linksOf().refuse(names),
      () => linksOf().shape(names, {}),
      () => linksOf().heal(names),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toThrow('no such link: "redis-1->nobody"');
    }
    await expect(linksOf().answers(['nobody'], 10)).rejects.toThrow('no such link: "nobody"');
    expect((await linksOf().state()).filter((state) => !state.enabled || state.toxics.length > 0)).toEqual([]);
  });
}

async function openConnection(address: Address): Promise<{ readonly socket: Socket; text(): string }> {
  const socket = connect({ ...address, noDelay: true });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return { socket, text: () => text };
}

async function pingMs(address: Address): Promise<number> {
  const start = performance.now();
  await ask(address, 'PING');
  return performance.now() - start;
}
