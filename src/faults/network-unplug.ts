import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Fault, LiveContext, UndoRecord } from '../core/kinds.ts';
import type { NodeName } from '../core/node.ts';
import { need } from './effect/capability.ts';
import { inflict, proveSilent } from './effect/process.ts';

const params = z.strictObject({});

/**
 * The pull of a node's network cable: it lives on and is told that the network is unreachable, while whoever talks to it
 * waits. A partition cuts the links and leaves the node its network.
 */
export const networkUnplug: Fault<z.output<typeof params>, null> = {
  kind: 'network.unplug',
  summary: 'Takes the node off its network, as if its cable were pulled; it lives on',
  params,
  needsTargets: true,
  undoneBy: 'connecting the node to its network again, at the same address',
  needs: () => ['lifecycle', 'isolation'],
  touches: (input) => input.targets,
  undo: () => null,
  inject: (input, cx) =>
    inflict(input, cx, {
      act: (node) => need(cx.cluster, 'isolation', node).unplug(node),
      prove: (node) => proveUnplugged(node, cx),
      done: 'unplugged, alive and not answering',
    }),
  still: async (record, cx) => {
    await Promise.all(record.targets.map(({ node }) => proveUnplugged(node, cx)));
  },
  revert: plugIn,
};

async function proveUnplugged(node: NodeName, cx: LiveContext): Promise<void> {
  const [plugged, status] = await Promise.all([
    need(cx.cluster, 'isolation', node).isPlugged(node),
    need(cx.cluster, 'lifecycle', node).status(node),
  ]);
  if (plugged) throw new DrillError('FAULT_NOT_PROVED', 'the node is on its network', { at: node });
  if (status.state !== 'running')
    throw new DrillError('FAULT_NOT_PROVED', `the node is ${status.state}: more than its cable is gone`, { at: node });
  await proveSilent(node, cx);
}

async function plugIn(record: UndoRecord, cx: LiveContext): ReturnType<Fault<unknown>['revert']> {
  for (const { node } of record.targets) {
    await need(cx.cluster, 'isolation', node).replug(node);
    const lifecycle = need(cx.cluster, 'lifecycle', node);
    if ((await lifecycle.status(node)).state === 'gone') await lifecycle.start(node);
  }
  const nodes = record.targets.map(({ node }) => node);
  return { summary: `plugged in again: ${nodes.join(', ')}`, facts: { nodes } };
}
