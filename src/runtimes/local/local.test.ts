import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterHandle, ClusterSpec } from '../../core/cluster.ts';
import type { RuntimeContext } from '../../core/kinds.ts';
import { clientHost, linkName, type NodeSpec, PROBE } from '../../core/node.ts';
import { removeDirectory } from '../own/directory.ts';
import { createLocalRuntime, localRuntime } from './local.ts';
import { readState } from './state.ts';

const client = clientHost('writes');
let counter = 0;

function specOf(ports: readonly number[]): ClusterSpec {
  counter++;
  const nodes = ports.map(
    (port, at): NodeSpec => ({
      name: `redis-${at + 1}`,
      service: 'cache',
      role: 'redis',
      zone: 'a',
      ports: { redis: port },
      program: { tool: 'redis-server', args: ['{config}/redis.conf'] },
    }),
  );
  const text = (port: number, at: number): string =>
    `bind {bind}\nport ${port}\ndir {data}\nprotected-mode no\nrepl-diskless-sync-delay 0\n${at === 0 ? '' : `replicaof redis-1 ${ports[0]}\n`}`;
  return {
    runId: `local-${process.pid}-${counter}`,
    nodes,
    links: [...nodes.map((node) => node.name), client, PROBE].flatMap((from) =>
      nodes
        .filter((to) => to.name !== from)
        .map((to) => ({ name: linkName(from, to.name), from, to: to.name, listener: 'redis' })),
    ),
    files: Object.fromEntries(
      ports.map((port, at) => [`redis-${at + 1}`, [{ name: 'redis.conf', text: text(port, at) }]]),
    ),
    clientHosts: [client],
  };
}

function context(over: Partial<RuntimeContext> = {}): RuntimeContext {
  const signal = new AbortController().signal;
  return { save: async () => {}, onProgress: () => {}, keep: false, logsTo: undefined, signal, ...over };
}

const bare = createLocalRuntime({ platform: 'linux', findIsolation: async () => undefined });

describe('the local runtime', { timeout: 30_000 }, () => {
  it('says that it needs Linux', async () => {
    const mac = createLocalRuntime({ platform: 'darwin', findIsolation: async () => undefined });
    const refused = { code: 'PLAN_REFUSED', message: 'the local runtime needs Linux, and this is darwin' };
    await expect(mac.open(specOf([6401]), context())).rejects.toMatchObject(refused);
    await expect(mac.adopt({} as ClusterHandle, context())).rejects.toMatchObject(refused);
  });

  it('runs without mount namespaces too, and then refuses links between nodes', async () => {
    const said: string[] = [];
    await using cluster = await bare.open(specOf([6401, 6402]), context({ onProgress: (line) => said.push(line) }));
    expect(said.join()).toContain('no mount namespaces');
    const links = cluster.can('links');
    if (links === undefined) throw new Error('no links');
    const ways = [linkName(PROBE, 'redis-2'), linkName(client, 'redis-2')];
    await expect
      .poll(() => links.answers(ways, 200), { timeout: 5000 })
      .toEqual({ [ways[0] ?? '']: true, [ways[1] ?? '']: true });
    await expect
      .poll(() => cluster.can('logs')?.read('redis-2'), { timeout: 10_000 })
      .toContain('MASTER <-> REPLICA sync: Finished');
    await links.cut(ways.slice(1));
    expect(await links.answers(ways, 100)).toEqual({ [ways[0] ?? '']: true, [ways[1] ?? '']: false });
    await expect(links.cut(['redis-1->redis-2'])).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      hint: expect.stringContaining('firedrill doctor'),
    });
    expect(cluster.addresses(client).rows[0]?.announced.host).toMatch(/^127\.\d+\.0\.1$/);
  });

  it('says which port is taken, and leaves nothing', async () => {
    const server = createServer().listen(6403, '0.0.0.0');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const saved: ClusterHandle[] = [];
    const save = async (handle: ClusterHandle): Promise<void> => void saved.push(handle);
    await expect(localRuntime.open(specOf([6403]), context({ save }))).rejects.toMatchObject({
      code: 'CLUSTER_FAILED',
      message: expect.stringContaining('port 6403 is taken'),
    });
    expect(saved).toEqual([]);
  });

  it('says which program the toolchain does not have', async () => {
    const spec = specOf([6404]);
    const nodes = spec.nodes.map((node) => ({ ...node, program: { tool: 'memcached', args: [] } }));
    await expect(localRuntime.open({ ...spec, nodes }, context())).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('memcached'),
    });
  });

  it('keeps the directory when it is asked to', async () => {
    const cluster = await localRuntime.open(specOf([6405]), context({ keep: true }));
    const { directory } = readState(cluster.handle);
    onTestFinished(() => removeDirectory(directory, cluster.handle.runId));
    await cluster[Symbol.asyncDispose]();
    expect((await stat(directory)).isDirectory()).toBe(true);
  });

  it('refuses a handle that is not its own', async () => {
    const spec = specOf([6406]);
    const handle: ClusterHandle = { v: 1, runtime: 'local', runId: spec.runId, spec, state: { directory: '/tmp' } };
    await expect(localRuntime.adopt(handle, context())).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    await expect(localRuntime.adopt({ ...handle, runtime: 'docker' }, context())).rejects.toThrow(/docker|not one of/);
  });
});
