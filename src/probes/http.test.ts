import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../../fixtures/servers/start-http.ts';
import type { LiveContext, OpenProbe } from '../core/kinds.ts';
import { httpProbe } from './http.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The probe uses nothing of it. */
const cx = {} as LiveContext;

function open(url: string, more: object = {}): Promise<OpenProbe> {
  return httpProbe.open(httpProbe.params.parse({ url, ...more }), cx);
}

async function read(path: string, more: object = {}): Promise<unknown> {
  await using probe = await open(`${server.url}${path}`, more);
  return await probe.read(AbortSignal.timeout(2000));
}

describe('http', () => {
  it('reads status, body and duration', async () => {
    const value = await read('/json');
    expect(value).toEqual({
      status: 200,
      ms: expect.any(Number),
      body: '{"healthy":true,"lag":7}',
      json: { healthy: true, lag: 7 },
    });
    expect((value as { ms: number }).ms).toBeGreaterThan(0);
  });

  it('takes a status of failure as a reading', async () => {
    expect(await read('/status/500')).toMatchObject({ status: 500, body: '' });
  });

  it('sends its method and headers', async () => {
    const value = await read('/echo', { method: 'OPTIONS', headers: { authorization: 'Bearer t' } });
    expect(value).toMatchObject({ json: { method: 'OPTIONS', authorization: 'Bearer t' } });
  });

  it('cuts a long body, and does not parse what was cut', async () => {
    const value = (await read('/big')) as { body: string };
    expect(value.body).toHaveLength(64 * 1024);
    expect(value).not.toHaveProperty('json');
  });

  it('has a new connection for each reading', async () => {
    const before = (await read('/connections')) as { json: { connections: number } };
    expect(await read('/connections')).toMatchObject({ json: { connections: before.json.connections + 1 } });
  });

  it.each(['/eof', '/reset', '/half'])('has no reading when the connection is lost: %s', async (path) => {
    await expect(read(path)).rejects.toThrow(/^GET 127\.0\.0\.1:\d+: (ECONNRESET|socket hang up|aborted)/);
  });

  it('has no reading when nothing comes in time', async () => {
    await using probe = await open(`${server.url}/hang`);
    await expect(probe.read(AbortSignal.timeout(100))).rejects.toThrow('no answer in time');
  });

  it('has no reading when nobody listens', async () => {
    const gone = await startHttpServer();
    await gone[Symbol.asyncDispose]();
    await using probe = await open(`${gone.url}/ok`);
    await expect(probe.read(AbortSignal.timeout(2000))).rejects.toThrow('ECONNREFUSED');
    await using byName = await open(`${gone.url.replace('127.0.0.1', 'localhost')}/ok`);
    await expect(byName.read(AbortSignal.timeout(2000))).rejects.toThrow('ECONNREFUSED');
  });

  it('refuses a URL of another kind, and methods that change something', () => {
    expect(httpProbe.params.safeParse({ url: 'redis://x' }).success).toBe(false);
    expect(httpProbe.params.safeParse({ url: 'http://x', method: 'POST' }).success).toBe(false);
  });
});
