// How a cluster ends, well or not. Part of the runtimes' contract.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterHandle } from '../../src/core/cluster.ts';
import { able, context, everyNodeAnswers, newRunId, openCluster, type RuntimeUnderTest, smallSpec } from './support.ts';

export function describeEnding(name: string, subject: RuntimeUnderTest): void {
  const { runtime } = subject;
  describe(`the runtime ${name}: the end`, { timeout: 90_000 }, () => {
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
  });
}

interface RunnerOptions {
  readonly module: URL;
  readonly runId: string;
  /** Where it saves its handle. */
  readonly file: string;
  readonly delayMs: number;
}

/** A process that opens a cluster and gets a SIGKILL that long after it saved its handle. */
async function killedRunner({ module, runId, file, delayMs }: RunnerOptions): Promise<void> {
  const script = fileURLToPath(new URL('./runner.ts', import.meta.url));
  const runner = spawn(process.execPath, [script, fileURLToPath(module), runId, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(runner, 'exit');
  try {
    const [line] = (await Promise.race([once(runner.stdout, 'data'), ended])) as [unknown];
    expect(String(line)).toContain('saved');
    await sleep(delayMs);
  } finally {
    runner.kill('SIGKILL');
    await ended;
  }
}
