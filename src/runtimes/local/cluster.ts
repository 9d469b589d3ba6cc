import type { Capabilities, Cluster, ClusterHandle } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import { type NodeName, PROBE } from '../../core/node.ts';
import { createLinks } from '../links/links.ts';
import { loopbackMatrix, type Matrix } from '../links/matrix.ts';
import { openToxiproxy } from '../links/toxiproxy.ts';
import { ownCluster } from '../own/cluster.ts';
import { createCommands } from '../own/commands.ts';
import { removeDirectory } from '../own/directory.ts';
import { releaseSubnet } from '../own/lease.ts';
import { killAll } from '../own/processes.ts';
import { copyLogs, fillIn, homeOf, readConfig, readLog, TOXIPROXY, withAddresses } from './home.ts';
import type { Launch } from './launch.ts';
import { createLifecycle } from './lifecycle.ts';
import { type LocalState, readState } from './state.ts';

const GONE_WITHIN_MS = 10_000;

/** A cluster of ours from its handle alone, whether it runs, half runs or is gone. Starts and asks nothing. */
export function clusterOf(handle: ClusterHandle): Cluster {
  const { spec } = handle;
  const state = readState(handle);
  const matrix = matrixOf(handle);
  const lifecycle = createLifecycle((node) => launchOf(handle, node));
  const capabilities: Partial<Capabilities> = {
    lifecycle,
    pausing: lifecycle,
    links: createLinks({
      api: openToxiproxy(`http://${state.toxiproxy.host}:${state.toxiproxy.port}`),
      mark: state.toxiproxy.mark,
      proxies: matrix.proxies,
      whyAbsent: (name) => (spec.links.some((link) => link.name === name) ? noPeerLinks(name) : undefined),
    }),
    logs: { read: (node) => readLog(homeOf(state.directory, node)) },
    config: { read: (node) => readConfig(homeOf(state.directory, node)) },
    ...(spec.nodes.some(({ program }) => program.tool === 'kafka')
      ? { commands: createCommands({ directory: state.directory, hostsFile: matrix.hostsFile(PROBE) }) }
      : {}),
  };
  return ownCluster(handle, { addresses: matrix.addresses, capabilities, takeDown: () => takeDown(handle, state) });
}

/** Pure. */
export function matrixOf(handle: ClusterHandle): Matrix {
  const { subnet, isolation } = readState(handle);
  return loopbackMatrix(handle.spec, { subnet, named: isolation !== null });
}

/** How a node is started, the first time and every other. */
export function launchOf(handle: ClusterHandle, name: NodeName): Launch {
  const { spec, runId } = handle;
  const { directory, isolation, programs } = readState(handle);
  const node = spec.nodes.find((each) => each.name === name);
  const program = programs[node?.program.tool ?? ''];
  if (node === undefined || program === undefined) throw new DrillError('INTERNAL', `no such node: "${name}"`);
  const { hostOf } = matrixOf(handle);
  const home = homeOf(directory, name);
  const own = { bind: hostOf(name), role: node.role };
  const ours =
    isolation === null ? node.program.args.map((arg) => withAddresses(arg, spec, hostOf)) : node.program.args;
  const args = [...program.args, ...ours].map((arg) => fillIn(arg, home, own));
  return { runId, directory, node: name, home, program, args, isolation: isolation ?? undefined };
}

/** Leaves no process, no directory and no lease. Can be called again after it was cut short, by any process. */
async function takeDown({ runId, spec }: ClusterHandle, state: LocalState): Promise<void> {
  const { directory, subnet, logsTo, keep } = state;
  await killAll({ runId, directory }, GONE_WITHIN_MS);
  const names = [...spec.nodes.map(({ name }) => name), TOXIPROXY];
  // Logs are for people: a disk that has no room for them is no reason to leave a cluster behind.
  if (logsTo !== null) await copyLogs(directory, names, logsTo).catch(() => undefined);
  if (!keep) await removeDirectory(directory, runId);
  await releaseSubnet(runId, subnet);
}

function noPeerLinks(name: string): DrillError {
  return new DrillError('PLAN_REFUSED', `the link ${name} does not exist on this machine`, {
    hint: 'Links between nodes need a mount namespace for each: see "firedrill doctor". Those of clients and probes are there.',
  });
}
