import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle, ClusterSpec } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { RuntimeContext } from '../../core/kinds.ts';
import type { Address, NodeName, NodeSpec } from '../../core/node.ts';
import { isAlive } from '../../core/process-identity.ts';
import { provision } from '../../toolchain/provision.ts';
import { type ToolName, toToolName } from '../../toolchain/tools.ts';
import { isAnswered } from '../links/ask.ts';
import { linksFile } from '../links/links-file.ts';
import { openToxiproxy } from '../links/toxiproxy.ts';
import { throwIfAborted } from '../own/cluster.ts';
import { newDirectory } from '../own/directory.ts';
import { isTakenEverywhere } from '../own/listeners.ts';
import { eventually } from '../own/processes.ts';
import { launchOf, matrixOf } from './cluster.ts';
import { homeOf, makeDirectory, makeHomes, readLog, TOXIPROXY } from './home.ts';
import { type Isolation, launch, type Program } from './launch.ts';
import { KIND, type LocalState, readState } from './state.ts';

const TOXIPROXY_PORT = 8474;
const TOXIPROXY_UP_WITHIN_MS = 5000;
const UP_WITHIN_MS = 10_000;
const ANSWERED_WITHIN_MS = 200;

type Programs = Readonly<Record<string, Program>>;

/** Finds or makes what the nodes run, and Toxiproxy. */
export async function findPrograms(
  spec: ClusterSpec,
  cx: Pick<RuntimeContext, 'onProgress' | 'signal'>,
): Promise<Programs> {
  const { tools } = await provision({ ...cx, tools: toolsOf(spec.nodes) });
  return Object.fromEntries(
    Object.values(tools).map(({ name, path, args = [], env = {}, seed = null }) => [name, { path, args, env, seed }]),
  );
}

/** What the nodes run, each once, and Toxiproxy. Throws TOOL_MISSING for a name that the toolchain does not know. */
export function toolsOf(nodes: readonly Pick<NodeSpec, 'program'>[]): readonly ToolName[] {
  return [...new Set([TOXIPROXY, ...nodes.map((node) => node.program.tool)])].map(toToolName);
}

export interface HandleOptions {
  readonly spec: ClusterSpec;
  readonly cx: Pick<RuntimeContext, 'keep' | 'logsTo'>;
  readonly subnet: number;
  readonly programs: Programs;
  readonly isolation: Isolation | undefined;
  /** What listened before any of it. */
  readonly listeners: readonly Address[];
}

/** Everything is decided here and nothing made yet: the handle is on disk before there is anything to undo. */
export function newHandle({ spec, cx, subnet, programs, isolation, listeners }: HandleOptions): ClusterHandle {
  const taken = spec.nodes
    .flatMap((node) => Object.values(node.ports))
    .find((port) => isTakenEverywhere(listeners, port));
  if (taken !== undefined) {
    throw new DrillError('CLUSTER_FAILED', `port ${taken} is taken by a program that listens at all addresses`, {
      hint: `Find it with "ss -ltnp 'sport = ${taken}'" and end it.`,
    });
  }
  let port = TOXIPROXY_PORT;
  while (isTakenEverywhere(listeners, port)) port++;
  const state: LocalState = {
    directory: newDirectory(spec.runId),
    subnet,
    toxiproxy: { host: `127.${subnet}.0.250`, port, mark: `mark-of-${spec.runId}` },
    isolation: isolation === undefined ? null : { ...isolation, argv: [...isolation.argv] },
    programs,
    keep: cx.keep,
    logsTo: cx.logsTo ?? null,
  };
  return { v: 1, runtime: KIND, runId: spec.runId, spec, state };
}

/**
 * No node begins before Toxiproxy has all links, so that none finds one shut, nor before those that it starts after answer;
 * all but that is done side by side. What was begun has ended when it throws: nothing is started behind the back of whoever then takes it all down.
 */
export async function startAll(handle: ClusterHandle, signal: AbortSignal): Promise<void> {
  const { spec } = handle;
  const { directory, isolation, programs } = readState(handle);
  await makeDirectory(directory);
  throwIfAborted(signal);
  const homes = makeHomes(directory, spec, { matrix: matrixOf(handle), named: isolation !== null, programs });
  const linked = startToxiproxy(handle).then(() => throwIfAborted(signal));
  const nodes = spec.nodes.map(async ({ name, startsAfter = [] }) => {
    await homes;
    const others = linked.then(() => untilAllAnswer(startsAfter, handle));
    await launch(launchOf(handle, name), others);
  });
  const settled = await Promise.allSettled([homes, linked, ...nodes]);
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  throwIfAborted(signal);
}

/** Not for ever: whether they are up is for the gate to say. */
async function untilAllAnswer(names: readonly NodeName[], handle: ClusterHandle): Promise<void> {
  const nodes = handle.spec.nodes.filter(({ name }) => names.includes(name));
  await Promise.all(
    nodes.map(async ({ name, role, ports }) => {
      const address = { host: matrixOf(handle).hostOf(name), port: Object.values(ports)[0] ?? 0 };
      await eventually(() => isAnswered(address, role, ANSWERED_WITHIN_MS), UP_WITHIN_MS);
    }),
  );
}

async function startToxiproxy(handle: ClusterHandle): Promise<void> {
  const { directory, programs, toxiproxy } = readState(handle);
  const home = homeOf(directory, TOXIPROXY);
  const program = programs[TOXIPROXY];
  if (program === undefined) throw new DrillError('INTERNAL', 'no Toxiproxy among the programs');
  const { host, port, mark } = toxiproxy;
  const links = join(home.data, 'links.json');
  await writeFile(links, linksFile(matrixOf(handle).proxies, mark));
  const identity = await launch({
    runId: handle.runId,
    directory,
    node: TOXIPROXY,
    home,
    // Else each connection is a line in its log.
    program: { ...program, env: { LOG_LEVEL: 'warn', ...program.env } },
    args: ['-host', host, '-port', String(port), '-config', links],
    isolation: undefined,
  });
  const api = openToxiproxy(`http://${host}:${port}`);
  let open: ReadonlyMap<string, unknown> | undefined;
  const isSettled = async (): Promise<boolean> => {
    open = await api.proxies().catch(() => undefined);
    return open !== undefined || !isAlive(identity);
  };
  await eventually(isSettled, TOXIPROXY_UP_WITHIN_MS);
  if (open?.has(mark) && isAlive(identity)) return;
  const log = (await readLog(home)).trim().split('\n').slice(-3).join(' | ');
  const what = open === undefined ? 'does not come up' : 'has not opened all links';
  throw new DrillError('TOOL_BROKEN', `Toxiproxy ${what} at ${host}:${port}: ${log}`);
}
