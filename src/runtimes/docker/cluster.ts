import type Docker from 'dockerode';
import type { Capabilities, Cluster, ClusterHandle } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import { type NodeName, PROBE } from '../../core/node.ts';
import { createLinks } from '../links/links.ts';
import type { Matrix } from '../links/matrix.ts';
import { openToxiproxy } from '../links/toxiproxy.ts';
import { ownCluster } from '../own/cluster.ts';
import { createCommands } from '../own/commands.ts';
import { hostOf } from './compose.ts';
import { createConfig, createExec, createLogs } from './inside.ts';
import { createIsolation, type Plug } from './isolation.ts';
import { createLifecycle } from './lifecycle.ts';
import { spokesOf, starMatrix } from './star.ts';
import { blockOf, containerName, projectOf, readState } from './state.ts';
import { takeDown } from './take-down.ts';

/** A cluster of ours from its handle alone, whether it runs, half runs or is gone. Starts and asks nothing. */
export function clusterOf(handle: ClusterHandle, engine: Docker): Cluster {
  const matrix = starMatrix(handle.spec, blockOf(readState(handle)));
  const capabilities = capabilitiesOf(handle, { engine, matrix });
  return ownCluster(handle, { addresses: matrix.addresses, capabilities, takeDown: () => takeDown(handle, engine) });
}

interface Means {
  readonly engine: Docker;
  readonly matrix: Matrix;
}

function capabilitiesOf(handle: ClusterHandle, { engine, matrix }: Means): Partial<Capabilities> {
  const { spec, runId } = handle;
  const { directory, toxiproxy } = readState(handle);
  const containerOf = (node: NodeName): Docker.Container => engine.getContainer(containerName(runId, node));
  const lifecycle = createLifecycle(containerOf);
  return {
    lifecycle,
    pausing: lifecycle,
    links: createLinks({
      api: openToxiproxy(`http://${toxiproxy.host}:${toxiproxy.port}`),
      mark: toxiproxy.mark,
      proxies: matrix.proxies,
    }),
    isolation: createIsolation((node) => plugOf(handle, engine, node)),
    exec: createExec(containerOf),
    logs: createLogs(containerOf),
    config: createConfig(containerOf),
    ...(spec.nodes.some(({ program }) => program.tool === 'kafka')
      ? { commands: createCommands({ directory, hostsFile: matrix.hostsFile(PROBE) }) }
      : {}),
  };
}

function plugOf(handle: ClusterHandle, engine: Docker, node: NodeName): Plug {
  const { spec, runId } = handle;
  const spoke = spokesOf(spec, blockOf(readState(handle))).find(({ of }) => of === node);
  if (spoke === undefined) throw new DrillError('INTERNAL', `no such node: "${node}"`);
  const networkName = `${projectOf(runId)}_${spoke.network}`;
  return {
    container: engine.getContainer(containerName(runId, hostOf(node))),
    network: engine.getNetwork(networkName),
    networkName,
    address: spoke.node,
  };
}
