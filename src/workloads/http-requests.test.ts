import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../../fixtures/servers/start-http.ts';
import { runWorkload, type WorkloadRun } from '../../test/run-workload.ts';
import { httpRequests } from './http-requests.ts';
import { outcomeOf } from './http-requests-client.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-http-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function start(path: string, more: object = {}): Promise<WorkloadRun> {
  return runWorkload(httpRequests, { url: `${server.url}${path}`, rate: '100/s', deadline: '2s', ...more }, { dir });
}

/** What the first 20 requests came to, in different words. */
async function outcomes(path: string, more: object = {}): Promise<readonly string[]> {
  await using run = await start(path, more);
  await run.until('20 requests', ({ ok, failed, unknown }) => ok + failed + unknown >= 20);
  const { ops } = await run.finish();
  expect(run.problems()).toEqual([]);
  return [...new Set(ops.map(({ outcome, errorCode }) => [outcome, errorCode].join(' ').trim()))];
}

describe('http.requests', () => {
  it('records a request that is answered as ok', async () => {
    await using run = await start('/ok');
    await run.workload.firstOk(5000);
    await run.until('50 oks', ({ ok }) => ok >= 50);
    const { header, ops } = await run.finish();
    expect(header).toMatchObject({
      kind: 'http.requests',
      units: [`127.0.0.1:${server.port}`],
      spacingMs: 10,
      deadlineMs: 2000,
      ledger: false,
      okMeans: 'status 200-299',
    });
    expect(ops.map((op) => op.i).toSorted((a, b) => a - b)).toEqual(ops.map((_, i) => i));
    expect(ops.every((op) => op.outcome === 'ok' && op.settledMs >= op.sentMs)).toBe(true);
  });

  it.each([
    ['/status/404', {}, 'failed HTTP_404'],
    ['/status/301', {}, 'failed HTTP_301'],
    ['/status/500', {}, 'failed HTTP_500'],
    ['/status/204', { ok: [204] }, 'ok'],
    ['/status/404', { ok: ['200-299', 404] }, 'ok'],
    ['/busy', {}, 'failed HTTP_503_RETRY_AFTER'],
    ['/status/500', { method: 'POST' }, 'unknown HTTP_500'],
    ['/busy', { method: 'POST', notApplied: [503] }, 'failed HTTP_503_RETRY_AFTER'],
    ['/eof', {}, 'unknown ECONNRESET'],
    ['/reset', {}, 'unknown ECONNRESET'],
    ['/half', {}, 'unknown ECONNRESET'],
  ])('%s %o is %s', async (path, more, expected) => {
    expect(await outcomes(path, more)).toEqual([expected]);
  });

  it('is surely not applied where nobody listens', async () => {
    const gone = await startHttpServer();
    await gone[Symbol.asyncDispose]();
    expect(await outcomes('', { url: gone.url, method: 'POST' })).toEqual(['failed ECONNREFUSED']);
  });

  it('settles requests that hang by their deadline, and goes on sending', async () => {
    await using run = await start('/hang', { deadline: '200ms' });
    await run.until('40 timeouts', ({ unknown }) => unknown >= 40);
    const { ops } = await run.finish();
    for (const op of ops.filter(({ outcome }) => outcome === 'unknown')) {
      expect(op.settledMs - op.sentMs).toBeGreaterThanOrEqual(200);
      expect(op.settledMs - op.sentMs).toBeLessThan(500);
    }
  });

  it('sends its method, headers and body, and keeps its connections', async () => {
    await using own = await startHttpServer();
    await using run = await runWorkload(
      httpRequests,
      {
        url: `${own.url}/orders`,
        method: 'POST',
        headers: { authorization: 'Bearer t' },
        body: '{"item":7}',
        inFlight: 4,
      },
      { dir },
    );
    await run.until('100 oks', ({ ok }) => ok >= 100);
    await run.finish();
    const answer = (await (await fetch(`${own.url}/connections`)).json()) as { connections: number };
    expect(answer.connections).toBeLessThan(20);
  });

  it('has a unit out of service by itself', async () => {
    await using run = await runWorkload(
      httpRequests,
      { units: { good: `${server.url}/ok`, bad: `${server.url}/hang` }, rate: '100/s', deadline: '1s' },
      { dir },
    );
    await run.until('both', ({ ok, unknown }) => ok >= 20 && unknown >= 20);
    const { header, ops } = await run.finish();
    expect(header.units).toEqual(['good', 'bad']);
    expect(ops.filter((op) => op.unit === 0).every((op) => op.outcome === 'ok')).toBe(true);
    expect(ops.filter((op) => op.unit === 1).every((op) => op.outcome !== 'ok')).toBe(true);
  });

  it('sees an outage and its end: killed, refused, started again', async () => {
    const first = await startHttpServer();
    await using run = await runWorkload(
      httpRequests,
      { url: `${first.url}/ok`, method: 'POST', rate: '200/s', deadline: '200ms' },
      { dir },
    );
    await run.until('50 oks', ({ ok }) => ok >= 50);
    first.signal('SIGSTOP');
    await run.until('timeouts', ({ unknown }) => unknown >= 5);
    await first[Symbol.asyncDispose]();
    await run.until('refused', ({ failed }) => failed >= 10);
    await using second = await startHttpServer(first.port);
    const { ok } = run.workload.counters();
    await run.until('service again', (counters) => counters.ok > ok + 50 && counters.okSinceMs !== undefined);
    expect(second.port).toBe(first.port);
    const { ops } = await run.finish();
    const codes = new Set(ops.map((op) => `${op.outcome} ${op.errorCode ?? ''}`.trim()));
    expect(codes).toContain('unknown TIMEOUT');
    expect(codes).toContain('failed ECONNREFUSED');
    for (const code of codes) {
      expect(['ok', 'notSent', 'unknown TIMEOUT', 'unknown ECONNRESET', 'failed ECONNREFUSED']).toContain(code);
    }
  });
});

describe('an answer', () => {
  const terms = { ok: ['200-299', 304], notApplied: [503], method: 'GET' };
  it.each([
    ['GET', 200, 'ok'],
    ['GET', 299, 'ok'],
    ['GET', 300, 'failed'],
    ['GET', 304, 'ok'],
    ['GET', 503, 'failed'],
    ['DELETE', 404, 'failed'],
    ['DELETE', 500, 'unknown'],
    ['PATCH', 503, 'failed'],
  ])('to %s with %i is %s', (method, statusCode, outcome) => {
    expect(outcomeOf({ statusCode, headers: {} }, { ...terms, method }).outcome).toBe(outcome);
  });
});

describe('its params', () => {
  it.each([
    [{}, 'expected either url or units'],
    [{ url: 'http://a', units: { a: 'http://a' } }, 'expected either url or units'],
    [{ url: 'http://a', ok: ['2xx'] }, 'expected a status, or a range such as 200-299'],
    [{ url: 'ftp://a' }, 'Invalid URL'],
  ])('%o: %s', (params, message) => {
    expect(httpRequests.params.safeParse(params).error?.message).toContain(message);
  });
});
