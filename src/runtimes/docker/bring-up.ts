import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { DockerComposeEnvironment, Wait } from 'testcontainers';
import type { ClusterHandle, ClusterSpec } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { RuntimeContext } from '../../core/kinds.ts';
import { type Address, PROBE } from '../../core/node.ts';
import { openToxiproxy } from '../links/toxiproxy.ts';
import { throwIfAborted } from '../own/cluster.ts';
import { newDirectory } from '../own/directory.ts';
import { readListeners } from '../own/listeners.ts';
import { eventually, killAll } from '../own/processes.ts';
import { API_PORT, markOf, renderCompose, variables } from './compose.ts';
import { spokesOf, starMatrix } from './star.ts';
import { blockOf, type DockerState, KIND, projectOf, readState } from './state.ts';

const FILE = 'docker-compose.yml';
const HUB_UP_WITHIN_MS = 30_000;
const COMPOSE_GONE_WITHIN_MS = 5000;

/** What a lease has to keep clear of: who listens in 127.N, and networks in 10.N, which count as if they did. */
export async function readOccupied(): Promise<readonly Address[]> {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const taken = own.flatMap(({ address }) => /^10\.(\d+)\./.exec(address)?.[1] ?? []);
  return [...(await readListeners()), ...taken.map((subnet) => ({ host: `127.${subnet}.0.0`, port: 0 }))];
}

export interface HandleOptions {
  readonly spec: ClusterSpec;
  readonly cx: Pick<RuntimeContext, 'keep' | 'logsTo'>;
  readonly subnet: number;
  readonly images: Readonly<Record<string, string>>;
}

/** Everything is decided here and nothing made yet: the handle is on disk before there is anything to undo. */
export function newHandle({ spec, cx, subnet, images }: HandleOptions): ClusterHandle {
  const probes = spokesOf(spec, blockOf({ subnet })).find(({ of }) => of === PROBE);
  const state: DockerState = {
    directory: newDirectory(spec.runId),
    subnet,
    toxiproxy: { host: probes?.hub ?? '', port: API_PORT, mark: markOf(spec.runId) },
    images: { ...images },
    keep: cx.keep,
    logsTo: cx.logsTo ?? null,
  };
  return { v: 1, runtime: KIND, runId: spec.runId, spec, state };
}

/**
 * Compose brings everything up, and waits for nothing but that. What was begun has ended when it throws: nothing is started
 * behind the back of whoever then takes it all down.
 */
export async function startAll(handle: ClusterHandle, signal: AbortSignal): Promise<void> {
  const { spec, runId } = handle;
  const { directory } = readState(handle);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, FILE), renderCompose({ topology: spec }));
  throwIfAborted(signal);
  const stop = (): void => void killAll({ runId, directory }, COMPOSE_GONE_WITHIN_MS).catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    await composeUp(handle);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throwIfAborted(signal);
  await awaitHub(handle, signal);
}

async function composeUp(handle: ClusterHandle): Promise<void> {
  const { spec, runId } = handle;
  const state = readState(handle);
  const environment = { [variables.run]: runId, [variables.block]: blockOf(state), ...state.images };
  const compose = new DockerComposeEnvironment(state.directory, FILE)
    .withProjectName(projectOf(runId))
    .withProfiles(...new Set(spec.nodes.map(({ service }) => service)))
    .withEnvironment(environment)
    // Labels and "firedrill rollback" do its work: a cluster outlives the process that made it where that is wanted.
    .withAutoCleanup(false)
    // Readiness is asked of the services.
    .withDefaultWaitStrategy(Wait.forAll([]));
  await compose.up().catch((error: Error) => {
    const missing = error.message.includes('Compose is not installed');
    throw new DrillError(missing ? 'TOOL_MISSING' : 'CLUSTER_FAILED', `docker compose: ${lastLines(error.message)}`, {
      hint: 'See "firedrill doctor".',
      cause: error,
    });
  });
}

/** Toxiproxy is there with every link. It starts before all nodes, with its links in its config. */
async function awaitHub(handle: ClusterHandle, signal: AbortSignal): Promise<void> {
  const { host, port, mark } = readState(handle).toxiproxy;
  const api = openToxiproxy(`http://${host}:${port}`);
  const wanted = [mark, ...starMatrix(handle.spec, blockOf(readState(handle))).proxies.map(({ name }) => name)];
  let missing: readonly string[] | undefined;
  // Twelve nodes start at this moment: it may be late once or twice.
  await eventually(async () => {
    const live = signal.aborted ? undefined : await api.proxies().catch(() => undefined);
    missing = live === undefined ? undefined : wanted.filter((name) => !live.has(name));
    return signal.aborted || missing?.length === 0;
  }, HUB_UP_WITHIN_MS);
  throwIfAborted(signal);
  if (missing === undefined) {
    throw new DrillError('CLUSTER_FAILED', `Toxiproxy does not answer at ${host}:${port}, from this machine`, {
      hint: 'The networks of the engine have to be reachable from here: one in a virtual machine, or without root, keeps them to itself.',
    });
  }
  if (missing.length > 0) throw new DrillError('TOOL_BROKEN', `Toxiproxy came up without ${missing.join(', ')}`);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ');
}
