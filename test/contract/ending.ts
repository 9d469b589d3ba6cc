// How a cluster ends, well or not. Part of the runtimes' contract.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Cluster, ClusterHandle } from '../../src/core/cluster.ts';
import { PROBE } from '../../src/core/node.ts';
import { info } from './resp.ts';
import {
  able,
  context,
  everyNodeAnswers,
  newRunId,
  openCluster,
  type RuntimeUnderTest,
  smallSpec,
  until,
} from './support.ts';

export function describeEnding(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: the end`, { timeout: 300_000 }, () => {
    it('leaves nothing, keeps the logs, and can be asked for twice', async () => {
      const logsTo = await mkdtemp(join(tmpdir(), 'contract-logs-'));
      onTestFinished(() => rm(logsTo, { recursive: true }));
      const cluster = await openCluster(runtime, smallSpec(), { logsTo });
      await able(cluster, 'pausing').pause('redis-2');
      expect((await subject.leftovers(cluster.handle)).length).toBeGreaterThan(3);
      await Promise.all([cluster[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
      expect(await subject.leftovers(cluster.handle)).toEqual([]);
      const adopted = await runtime.adopt(cluster.handle, context());
      await adopted[Symbol.asyncDispose]();
      expect((await readdir(logsTo)).sort()).toEqual(['redis-1.log', 'redis-2.log', 'toxiproxy.log']);
      expect(await readFile(join(logsTo, 'redis-1.log'), 'utf8')).toContain('Ready to accept connections');
    });

    it('leaves nothing when it could not be saved, or was aborted on the way up', async () => {
      const handles: ClusterHandle[] = [];
      const noDisk = async (handle: ClusterHandle): Promise<void> => {
        handles.push(handle);
        throw new Error('no space left on device');
      };
      await expect(openCluster(runtime, smallSpec(), { save: noDisk })).rejects.toThrow('no space left');
      const abort = new AbortController();
      const abortNow = async (handle: ClusterHandle): Promise<void> => {
        handles.push(handle);
        abort.abort();
      };
      const opening = openCluster(runtime, smallSpec(), { save: abortNow, signal: abort.signal });
      await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(handles).toHaveLength(2);
      for (const handle of handles) expect(await subject.leftovers(handle)).toEqual([]);
    });

    it('leaves nothing after a runner that was killed at any moment, beside another that goes on', async () => {
      const bystander = await openCluster(runtime, smallSpec());
      const before = await able(bystander, 'lifecycle').status('redis-1');
      const folder = await mkdtemp(join(tmpdir(), 'contract-handles-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      for (const delayMs of [0, 5, 15, 30, 50, 80, 120, 200, 300, 450]) {
        const runId = newRunId();
        const file = join(folder, `${runId}.json`);
        await killedRunner({ module: subject.module, runId, file, delayMs });
        const text = await readFile(file, 'utf8');
        const adopted = await runtime.adopt(JSON.parse(text) as ClusterHandle, context());
        await adopted[Symbol.asyncDispose]();
        expect({ delayMs, leftovers: await subject.leftovers(adopted.handle) }).toEqual({ delayMs, leftovers: [] });
      }
      expect(await able(bystander, 'lifecycle').status('redis-1')).toEqual(before);
      await everyNodeAnswers(bystander);
    });

    it('is undone by another process, however far a runner that was killed had come with its faults', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'contract-handles-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      for (const delayMs of [0, 40, 90, 160]) {
        const runId = newRunId();
        const file = join(folder, `${runId}.json`);
        await killedRunner({ module: subject.module, runId, file, delayMs, from: 'open' });
        const handle = JSON.parse(await readFile(file, 'utf8')) as ClusterHandle;
        const cluster = await runtime.adopt(handle, context());
        onTestFinished(() => cluster[Symbol.asyncDispose]());
        // Twice: an undo may be called again.
        for (let round = 0; round < 2; round++) await undoAll(cluster);
        await everyNodeAnswers(cluster);
        const harmed = (await able(cluster, 'links').state()).filter(
          ({ enabled, toxics }) => !enabled || toxics.length > 0,
        );
        expect({ delayMs, harmed }).toEqual({ delayMs, harmed: [] });
        await until(() => info(cluster.addresses(PROBE), 'redis-2', 'master_link_status'), 'up', 30_000);
        await cluster[Symbol.asyncDispose]();
        expect({ delayMs, leftovers: await subject.leftovers(handle) }).toEqual({ delayMs, leftovers: [] });
      }
    });
  });
}

interface RunnerOptions {
  readonly module: URL;
  readonly runId: string;
  /** Where it saves its handle. */
  readonly file: string;
  readonly delayMs: number;
  /** What it says when the time begins: that its handle is on disk, or that the cluster is there and its faults begin. */
  readonly from?: 'saved' | 'open';
}

/** All that a fault may have done to the two nodes, taken back. */
async function undoAll(cluster: Cluster): Promise<void> {
  for (const { name } of cluster.spec.nodes) {
    await able(cluster, 'pausing').resume(name);
    await cluster.can('isolation')?.replug(name);
    await able(cluster, 'lifecycle').start(name);
  }
  await able(cluster, 'links').heal(cluster.spec.links.map(({ name }) => name));
}

/** A process that opens a cluster and gets a SIGKILL that long after. */
async function killedRunner({ module, runId, file, delayMs, from = 'saved' }: RunnerOptions): Promise<void> {
  const script = fileURLToPath(new URL('./runner.ts', import.meta.url));
  const runner = spawn(process.execPath, [script, fileURLToPath(module), runId, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(runner, 'exit');
  try {
    let said = '';
    runner.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    // A machine that is busy needs its time to start a process: this is not what is timed.
    await until(() => isOver || said.split('\n').includes(from), true, 120_000);
    expect(said.split('\n')).toContain(from);
    await sleep(delayMs);
  } finally {
    runner.kill('SIGKILL');
    await ended;
  }
}
