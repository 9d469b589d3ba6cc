import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Links } from '../../core/cluster.ts';
import { provision } from '../../toolchain/provision.ts';
import { createLinks } from './links.ts';
import { linksFile } from './links-file.ts';
import type { ProxySpec } from './matrix.ts';
import { openToxiproxy, type ToxiproxyApi } from './toxiproxy.ts';

const API_PORT = 8475;
let program: string;
let cleanup: AsyncDisposableStack;
let api: ToxiproxyApi;
let links: Links;
let proxies: readonly ProxySpec[];
/** The other end of each connection, and how many bytes came out there in all. */
let ends: Socket[];
let arrived: number;

beforeAll(async () => {
  program = (await provision({ tools: ['toxiproxy'] })).tools.toxiproxy.path;
}, 300_000);

beforeEach(async () => {
  cleanup = new AsyncDisposableStack();
  const server = createServer((socket) => {
    ends.push(
      socket
        .on('error', () => {})
        .on('data', (data) => {
          arrived += data.length;
        }),
    );
  });
  [ends, arrived] = [[], 0];
  const upstream = { host: '127.0.0.1', port: await listen(server) };
  cleanup.defer(() => {
    for (const end of ends) end.destroy();
    server.close();
  });
  const child = spawn(program, ['-host', '127.126.0.1', '-port', String(API_PORT)], { stdio: 'ignore' });
  cleanup.defer(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  api = openToxiproxy(`http://127.126.0.1:${API_PORT}`);
  const isUp = (): Promise<boolean> => api.proxies().then(Boolean, () => false);
  await vi.waitUntil(isUp, { timeout: 5000, interval: 10 });
  proxies = ['a->c', 'b->c'].map((name, at) => ({
    name,
    listen: { host: `127.126.0.${at + 2}`, port: 6301 },
    upstream,
    role: 'redis',
  }));
  const body = linksFile(proxies, 'mark');
  await fetch(`http://127.126.0.1:${API_PORT}/populate`, { method: 'POST', body });
  links = createLinks({ api, proxies, mark: 'mark' });
});
afterEach(() => cleanup.disposeAsync());

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function open(name: string): Promise<Socket> {
  const listen = proxies.find((proxy) => proxy.name === name)?.listen;
  const socket = connect({ port: 0, ...listen }).on('error', () => {});
  cleanup.defer(() => void socket.destroy());
  const before = ends.length;
  await once(socket, 'connect');
  await expect.poll(() => ends.length).toBeGreaterThan(before);
  return socket;
}

const both = ['a->c', 'b->c'];
const asNew = both.map((name) => ({ name, enabled: true, toxics: [] }));

describe('links through a real Toxiproxy', () => {
  it('lose no byte of what is sent into a cut, either way', async () => {
    const sockets = await Promise.all([open('a->c'), open('b->c')]);
    await links.cut(both);
    let back = 0;
    for (const socket of sockets) {
      socket.on('data', (data) => {
        back += data.length;
      });
      for (let at = 0; at < 100; at++) socket.write(Buffer.alloc(10_000));
    }
    for (const end of ends) end.write(Buffer.alloc(1_000_000));
    await expect.poll(() => [...sockets, ...ends].every((socket) => socket.writableLength === 0)).toBe(true);
    expect([arrived, back]).toEqual([0, 0]);
    await links.heal(both);
    await expect.poll(() => [arrived, back]).toEqual([2_000_000, 2_000_000]);
    expect(await links.state()).toEqual(asNew);
  });

  it.each(['upstream', 'client', 'both'])('heal fast when the ends have gone: %s', async (gone) => {
    const sockets: Socket[] = [];
    for (let at = 0; at < 40; at++) sockets.push(await open(at % 2 === 0 ? 'a->c' : 'b->c'));
    await links.cut(both);
    for (let round = 0; round < 50; round++) {
      for (const socket of [...sockets, ...ends]) socket.write(Buffer.alloc(1000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (gone !== 'client') for (const end of ends) end.resetAndDestroy();
    if (gone !== 'upstream') for (const socket of sockets) socket.resetAndDestroy();
    const start = performance.now();
    await links.heal(both);
    // In one step Toxiproxy waits 5 s for each chunk whose destination has gone.
    expect(performance.now() - start).toBeLessThan(4000);
    expect(await links.state()).toEqual(asNew);
    await open('a->c');
  });

  it('say that a removal does not end, when a receiver reads nothing, and go on with the others', async () => {
    const socket = await open('a->c');
    ends[0]?.pause();
    await links.cut(both);
    for (let at = 0; at < 400; at++) socket.write(Buffer.alloc(65_536));
    await expect.poll(() => socket.writableLength, { timeout: 5000 }).toBe(0);
    await expect(links.heal(both)).rejects.toMatchObject({
      code: 'TOOL_BROKEN',
      hint: expect.stringContaining('paused'),
    });
    const state = await api.proxies().catch(() => undefined);
    expect(state?.get('b->c')?.toxics ?? []).toEqual([]);
    ends[0]?.resume();
    await expect.poll(() => links.heal(both).then(() => 'healed', String), { timeout: 5000 }).toBe('healed');
    await expect.poll(() => arrived, { timeout: 5000 }).toBe(400 * 65_536);
  }, 30_000);

  it('finish a cut that was half done, and heal one', async () => {
    const half = {
      name: 'cut-upstream',
      type: 'latency',
      stream: 'upstream',
      attributes: { latency: 0, jitter: 0 },
    } as const;
    const state = (await api.proxies()).get('a->c');
    if (state === undefined) throw new Error('no proxy');
    await api.addToxic(state, half);
    await links.cut(['a->c']);
    const toxics = (await api.proxies())
      .get('a->c')
      ?.toxics.map(({ name, attributes }) => [name, attributes['latency']]);
    expect(toxics).toEqual([
      ['cut-upstream', 86_400_000],
      ['cut-downstream', 86_400_000],
    ]);
    await links.heal(both);
    await api.addToxic(state, half);
    await links.heal(both);
    expect(await links.state()).toEqual(asNew);
  });

  it('tell a Toxiproxy that knows the links but not the mark', async () => {
    const other = createLinks({ api, proxies, mark: 'another run' });
    await expect(other.state()).rejects.toMatchObject({ code: 'TOOL_BROKEN' });
    await expect(other.cut(['a->c'])).rejects.toThrow('does not know the mark');
  });

  it('do not vouch for silence when Toxiproxy is what is silent', async () => {
    expect(await links.answers(['a->c'], 20)).toEqual({ 'a->c': false });
    await cleanup.disposeAsync();
    await expect(links.answers(['a->c'], 20)).rejects.toMatchObject({ code: 'TOOL_BROKEN' });
  });
});
