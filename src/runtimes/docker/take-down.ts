// The end of a cluster in containers: whatever carries its run's label goes, whoever has made it and however far it came.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ClusterHandle } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import { removeDirectory } from '../own/directory.ts';
import { releaseSubnet } from '../own/lease.ts';
import { findProcesses, killAll } from '../own/processes.ts';
import { HUB, LABEL } from './compose.ts';
import { asked } from './engine.ts';
import { readLog } from './inside.ts';
import { containerName, readState } from './state.ts';

const COMPOSE_GONE_WITHIN_MS = 5000;
const GONE_WITHIN_MS = 45_000;
/** What a Compose that was killed had asked for last may still be made. */
const LATE_MS = 500;
const EVERY_MS = 100;
const NOT_THERE = 404;
/** In use, or being removed by another process: it is looked at again. */
const NOT_NOW = [NOT_THERE, 403, 409];

/** Leaves no container, network, volume, directory or lease. Can be called again after it was cut short, by any process. */
export async function takeDown(handle: ClusterHandle, engine: Docker): Promise<void> {
  const { runId } = handle;
  const { directory, subnet, logsTo, keep } = readState(handle);
  const wasStarting = findProcesses({ runId, directory }).length > 0;
  await killAll({ runId, directory }, COMPOSE_GONE_WITHIN_MS);
  if (logsTo !== null) {
    // Logs are for people: a disk that has no room for them is no reason to leave a cluster behind.
    await copyLogs(handle, engine, logsTo).catch(() => undefined);
  }
  await removeAll(runId, engine);
  if (wasStarting) {
    await sleep(LATE_MS);
    await removeAll(runId, engine);
  }
  if (!keep) await removeDirectory(directory, runId);
  await releaseSubnet(runId, subnet);
}

/** Copies each log to `<to>/<node>.log`. What is not there is left out. */
async function copyLogs({ runId, spec }: ClusterHandle, engine: Docker, to: string): Promise<void> {
  const names = [...spec.nodes.map(({ name }) => name), HUB];
  await mkdir(to, { recursive: true });
  await Promise.all(
    names.map(async (name) => {
      const container = engine.getContainer(containerName(runId, name));
      if ((await asked(container.inspect(), [NOT_THERE])) === undefined) return;
      await writeFile(join(to, `${name}.log`), await readLog(container));
    }),
  );
}

/** Removes all that there is, and what appears meanwhile. Throws UNDO_FAILED with the names of what does not go. */
async function removeAll(runId: string, engine: Docker): Promise<void> {
  const until = process.hrtime.bigint() + BigInt(GONE_WITHIN_MS) * 1_000_000n;
  for (;;) {
    const left = await removeOnce(runId, engine);
    if (left.length === 0) return;
    if (process.hrtime.bigint() > until) {
      throw new DrillError('UNDO_FAILED', `these of run ${runId} do not go: ${left.join(', ')}`, {
        hint: 'Look at them with "docker ps -a" and "docker network ls", and call "firedrill rollback" again.',
      });
    }
    await sleep(EVERY_MS);
  }
}

/** One round. Returns the names of what was there when it began. */
async function removeOnce(runId: string, engine: Docker): Promise<readonly string[]> {
  const filters = { label: [`${LABEL.run}=${runId}`] };
  const containers = (await asked(engine.listContainers({ all: true, filters }))) ?? [];
  await Promise.all(
    containers.map(({ Id }) => asked(engine.getContainer(Id).remove({ force: true, v: true }), NOT_NOW)),
  );
  const networks = (await asked(engine.listNetworks({ filters }))) ?? [];
  await Promise.all(networks.map(({ Id }) => asked(engine.getNetwork(Id).remove(), NOT_NOW)));
  const volumes = (await asked(engine.listVolumes({ filters })))?.Volumes ?? [];
  await Promise.all(volumes.map(({ Name }) => asked(engine.getVolume(Name).remove(), NOT_NOW)));
  const names = [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)];
  return [...names, ...volumes.map(({ Name }) => Name)];
}
