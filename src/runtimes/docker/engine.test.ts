import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIsolation } from './isolation.ts';
import { createLifecycle } from './lifecycle.ts';

/** An engine that answers as it is told, at a socket of its own. */
async function engineThat(answer: RequestListener): Promise<{ readonly docker: Docker; vanish(): void }> {
  const directory = await mkdtemp(join(tmpdir(), 'engine-'));
  const socketPath = join(directory, 'socket');
  const server = createServer(answer).listen(socketPath);
  const vanish = (): void => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(async () => {
    vanish();
    await rm(directory, { recursive: true });
  });
  await once(server, 'listening');
  return { docker: new Docker({ socketPath, timeout: 300 }), vanish };
}

const running = {
  Id: 'abc',
  State: { Running: true, Paused: false, StartedAt: 'then' },
  NetworkSettings: { Networks: {} },
};
const gone = { code: 'TOOL_BROKEN', message: expect.stringContaining('the container engine does not answer') };

describe('an engine that vanishes', () => {
  it('is an error of the tool in whatever is asked, and never a node that is gone', async () => {
    const { docker, vanish } = await engineThat((_, response) => void response.end(JSON.stringify(running)));
    const lifecycle = createLifecycle((node) => docker.getContainer(node));
    expect(await lifecycle.status('redis-1')).toEqual({
      state: 'running',
      identity: { type: 'container', id: 'abc', startedAt: 'then' },
    });
    vanish();
    await expect(lifecycle.status('redis-1')).rejects.toMatchObject(gone);
    await expect(lifecycle.kill('redis-1')).rejects.toMatchObject(gone);
    await expect(lifecycle.start('redis-1')).rejects.toMatchObject(gone);
    await expect(lifecycle.pause('redis-1')).rejects.toMatchObject(gone);
  });

  it('has vanished when it only takes requests', async () => {
    const { docker } = await engineThat(() => undefined);
    const lifecycle = createLifecycle((node) => docker.getContainer(node));
    await expect(lifecycle.kill('redis-1')).rejects.toMatchObject(gone);
  });
});

describe('an engine that refuses', () => {
  it('is quoted', async () => {
    const { docker } = await engineThat(({ method }, response) => {
      if (method === 'GET') return void response.end(JSON.stringify(running));
      response.writeHead(500).end(JSON.stringify({ message: 'no space left on device' }));
    });
    const lifecycle = createLifecycle((node) => docker.getContainer(node));
    const refused = { code: 'TOOL_BROKEN', message: 'the container engine refused: no space left on device' };
    await expect(lifecycle.pause('redis-1')).rejects.toMatchObject(refused);
  });

  it('is not believed when it says yes and nothing has happened', async () => {
    const { docker } = await engineThat((_, response) => void response.end(JSON.stringify(running)));
    const lifecycle = createLifecycle((node) => docker.getContainer(node));
    await expect(lifecycle.pause('redis-1')).rejects.toThrow('not paused after a pause');
    await expect(lifecycle.stop('redis-1', 20)).rejects.toThrow('still there 20 ms after SIGTERM');
    const network = docker.getNetwork('n');
    const plug = { container: docker.getContainer('redis-1'), network, networkName: 'n', address: '10.70.0.19' };
    await expect(createIsolation(() => plug).replug('redis-1')).rejects.toThrow('not on its network again');
  });

  it('says what is not there: a node that is gone', async () => {
    const { docker } = await engineThat((_, response) => void response.writeHead(404).end('{"message":"no"}'));
    const lifecycle = createLifecycle((node) => docker.getContainer(node));
    expect(await lifecycle.status('redis-1')).toEqual({ state: 'gone', identity: undefined });
    await lifecycle.kill('redis-1');
    await expect(lifecycle.start('redis-1')).rejects.toThrow('its container is gone');
    await expect(lifecycle.pause('redis-1')).rejects.toThrow('does not run');
  });
});
