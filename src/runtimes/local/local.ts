import { DrillError } from '../../core/error.ts';
import type { Runtime } from '../../core/kinds.ts';
import { findMountIsolation } from '../../toolchain/mount-isolation.ts';
import { provision } from '../../toolchain/provision.ts';
import { leaseSubnet, releaseSubnet, sweepLeases } from '../own/lease.ts';
import { readListeners } from '../own/listeners.ts';
import { endProcesses } from '../own/processes.ts';
import { findPrograms, newHandle, startAll, toolsOf } from './bring-up.ts';
import { clusterOf } from './cluster.ts';
import type { Isolation } from './launch.ts';
import { KIND } from './state.ts';

/** What a local runtime takes from the machine. A test says what the machine has. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  findIsolation(signal: AbortSignal): Promise<Isolation | undefined>;
}

export function createLocalRuntime(machine: Machine): Runtime {
  return {
    kind: KIND,
    summary: 'Native processes on this machine, each at its own loopback address, with links through Toxiproxy.',
    capabilities: ['lifecycle', 'pausing', 'links', 'logs', 'config', 'commands'],
    open: async (spec, cx) => {
      onlyOnLinux(machine);
      await using undo = new AsyncDisposableStack();
      const listening = readListeners();
      const leasing = listening.then((listeners) => leaseSubnet(spec.runId, { listeners }));
      undo.defer(() => leasing.then((subnet) => releaseSubnet(spec.runId, subnet), nothing));
      const [listeners, subnet, programs, isolation] = await Promise.all([
        listening,
        leasing,
        findPrograms(spec, cx),
        machine.findIsolation(cx.signal),
      ]);
      if (isolation === undefined) cx.onProgress('no mount namespaces here: links between nodes cannot be had');
      const handle = newHandle({ spec, cx, subnet, programs, isolation, listeners });
      const cluster = undo.use(clusterOf(handle));
      await cx.save(handle);
      await startAll(handle, cx.signal);
      undo.move();
      return cluster;
    },
    versions: async (cx, nodes) => {
      const { tools } = await provision({ ...cx, tools: toolsOf(nodes) });
      return Object.fromEntries(Object.values(tools).map(({ name, version }) => [name, version]));
    },
    adopt: async (handle) => {
      onlyOnLinux(machine);
      return clusterOf(handle);
    },
    endProcesses,
    sweep: () => sweepLeases(),
  };
}

/** What the machine can do does not change while this process lives. */
let known: Isolation | undefined;

/** Native processes on loopback. Linux only. */
export const localRuntime: Runtime = createLocalRuntime({
  platform: process.platform,
  findIsolation: async (signal) => {
    known ??= await findMountIsolation({ env: process.env, signal });
    return known;
  },
});

function nothing(): void {}

function onlyOnLinux({ platform }: Machine): void {
  if (platform === 'linux') return;
  throw new DrillError('PLAN_REFUSED', `the local runtime needs Linux, and this is ${platform}`, {
    hint: 'Other systems have no mount namespaces, and only one loopback address.',
  });
}
