import type Docker from 'dockerode';
import type { Isolation } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import { asked } from './engine.ts';

/** A node on its network. */
export interface Plug {
  readonly container: Docker.Container;
  readonly network: Docker.Network;
  readonly networkName: string;
  readonly address: string;
}

/** The pull of a network cable: the node has no way out, and who connects to it hangs. Idempotent both ways. */
export function createIsolation(plugOf: (node: NodeName) => Plug): Isolation {
  const isPlugged = async ({ container, networkName }: Plug): Promise<boolean> => {
    const found = await asked(container.inspect());
    return found?.NetworkSettings.Networks[networkName] !== undefined;
  };
  const verify = async (node: NodeName, plugged: boolean): Promise<void> => {
    if ((await isPlugged(plugOf(node))) === plugged) return;
    const what = plugged ? 'is not on its network again' : 'is still on its network';
    throw new DrillError('CLUSTER_FAILED', `its container ${what}`, { at: node });
  };
  return {
    isPlugged: (node) => isPlugged(plugOf(node)),
    unplug: async (node) => {
      const { container, network } = plugOf(node);
      if (!(await isPlugged(plugOf(node)))) return;
      await asked(network.disconnect({ Container: container.id, Force: true }));
      await verify(node, false);
    },
    replug: async (node) => {
      const { container, network, address } = plugOf(node);
      if (await isPlugged(plugOf(node))) return;
      const endpoint = { IPAMConfig: { IPv4Address: address }, Aliases: [node] };
      await asked(network.connect({ Container: container.id, EndpointConfig: endpoint }));
      await verify(node, true);
    },
  };
}
