// Nodes that run in containers of an engine, here or elsewhere: stopped and started through it.
import type { Lifecycle, Pausing } from '../../core/cluster.ts';
import type { DockerControl } from '../../core/control.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import { openEngine } from '../docker/engine.ts';
import { createLifecycle } from '../docker/lifecycle.ts';

/** `addressOf`: as the target file names a node. Asks the engine nothing yet. */
export function containedNodes(
  { containers, engine }: DockerControl,
  addressOf: (node: NodeName) => string,
): Lifecycle & Pausing {
  const docker = openEngine(engine);
  return createLifecycle((node) => {
    const container = containers[addressOf(node)];
    if (container !== undefined) return docker.getContainer(container);
    throw new DrillError('USAGE', `the target file names no container for ${addressOf(node)}`, {
      at: node,
      hint: 'Add it under control.containers.',
    });
  });
}
