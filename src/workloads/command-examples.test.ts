// The example clients that users copy, against a real Redis under Sentinels whose primary is killed.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { type Relays, startRelays } from '../../test/relay.ts';
import { runWorkload, type WorkloadRun } from '../../test/run-workload.ts';
import { primaryOf } from '../clients/redis-topology.ts';
import type { ReadBackHeader } from '../journal/ops-format.ts';
import { findOnPath } from '../toolchain/command.ts';
import { commandWorkload } from './command.ts';

const clients = new URL('../../fixtures/clients/', import.meta.url).pathname;

const examples = [
  { language: 'Python', tool: 'python3', client: 'python asyncio', build: python },
  { language: 'Go', tool: 'go', client: 'go net', build: go },
];

describe.each(examples)('the example in $language', ({ tool, client, build }) => {
  const missing = findOnPath(tool, process.env) === undefined;
  let cluster: LoopbackSentinel;
  let relays: Relays;
  let dir: string;
  let run: readonly string[];
  beforeAll(async () => {
    if (missing) return;
    cluster = await startLoopbackSentinel();
    relays = await startRelays(cluster.addresses);
    dir = await mkdtemp(join(cluster.dir, 'client-'));
    run = await build(dir);
  }, 120_000);
  afterAll(async () => {
    if (missing) return;
    await relays[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });
  beforeEach(({ skip }) => skip(missing, `${tool} is not on PATH`));

  function start(args: readonly string[], more: object): Promise<WorkloadRun> {
    const params = { run: [...run, ...args], rate: '100/s', deadline: '500ms', ledger: true, ...more };
    return runWorkload(commandWorkload, params, { dir, addresses: relays.book });
  }

  it('writes to the address that it is given', async () => {
    const { host, port } = cluster.addressOf(await primary());
    await using writes = await start([`${host}:${port}`], { units: ['a', 'b'] });
    await writes.until('60 oks', ({ ok }) => ok >= 60);
    const { header, ops } = await writes.finish();
    expect(header.client).toBe(client);
    expect(writes.problems()).toEqual([]);
    expect(ops.every((op) => op.outcome === 'ok')).toBe(true);
    await writes.workload.readBack(cluster.addresses, 5000);
    const found = await readBack(dir);
    for (const [unit, name] of ['a', 'b'].entries()) {
      const sent = ops.filter((op) => op.unit === unit).map((op) => op.i);
      expect(found.get(name)?.toSorted(byNumber)).toEqual(sent.toSorted(byNumber));
    }
    await cluster.ask(await primary(), 'FLUSHALL');
  });

  it('gives up what hangs at its deadline, and goes on', async () => {
    await cluster.untilWhole();
    const hung = await primary();
    await using writes = await start([], {});
    await writes.until('20 oks', ({ ok }) => ok >= 20);
    cluster.signal(hung, 'SIGSTOP');
    const late = await writes.until('timeouts', ({ unknown }) => unknown >= 5);
    cluster.signal(hung, 'SIGCONT');
    await writes.until('service again', ({ ok }) => ok > late.ok + 20);
    const { ops } = await writes.finish();
    const unknown = ops.filter((op) => op.outcome === 'unknown');
    expect(unknown.map((op) => op.errorCode)).toEqual(unknown.map(() => 'TIMEOUT'));
    for (const op of unknown) expect(op.settledMs - op.sentMs).toBeGreaterThan(470);
    expect(writes.problems()).toEqual([]);
    await cluster.untilWhole();
    await cluster.ask(await primary(), 'FLUSHALL');
  }, 60_000);

  it('follows a failover through the addresses that lead there, and accounts for every write', async () => {
    const killed = await primary();
    await using writes = await start([], {});
    await writes.until('50 oks', ({ ok }) => ok >= 50);
    await cluster.kill(killed);
    const dead = await writes.until('the outage', ({ failed, unknown }) => failed + unknown > 10);
    await writes.until('service again', ({ ok }) => ok > dead.ok + 50);
    await writes.finish();
    expect(writes.problems()).toEqual([]);

    const now = await primary();
    expect(now).not.toBe(killed);
    expect(relays.byNode.get(killed)?.accepted).toBeGreaterThan(0);
    expect(relays.byNode.get(now)?.accepted).toBeGreaterThan(0);
    await writes.workload.readBack(cluster.addresses, 5000);
    await expectAccountedFor(writes, (await readBack(dir)).get('all') ?? []);
  }, 60_000);

  async function primary(): Promise<string> {
    const facts = await cluster.until('an agreed primary', (each) => primaryOf(each) !== undefined);
    return primaryOf(facts) ?? '';
  }

  async function expectAccountedFor(writes: WorkloadRun, values: readonly number[]): Promise<void> {
    const { ops } = await writes.finish();
    const found = new Set(values);
    expect(found.size).toBe(values.length);
    const outcomes = new Map(ops.map((op) => [op.i, op.outcome]));
    expect(ops.map((op) => op.i).toSorted(byNumber)).toEqual(ops.map((_, i) => i));
    expect([...found].filter((i) => !['ok', 'unknown'].includes(outcomes.get(i) ?? 'missing'))).toEqual([]);
    // One process killed on one machine loses what the replicas had not received yet: next to nothing.
    const lost = ops.filter((op) => op.outcome === 'ok' && !found.has(op.i));
    expect(lost.length).toBeLessThan(10);
  }
});

async function readBack(dir: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const text = await readFile(join(dir, 'writes.read.ndjson'), 'utf8');
  const found = new Map<string, number[]>();
  for (const line of text.trimEnd().split('\n')) {
    const item = JSON.parse(line) as ReadBackHeader | readonly number[];
    if ('unit' in item) found.set(item.unit, []);
    else [...found.values()].at(-1)?.push(...item);
  }
  return found;
}

async function python(): Promise<readonly string[]> {
  return ['python3', join(clients, 'python/client.py')];
}

async function go(dir: string): Promise<readonly string[]> {
  const program = join(dir, 'client');
  await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd: join(clients, 'go') });
  return [program];
}

function byNumber(a: number, b: number): number {
  return a - b;
}
