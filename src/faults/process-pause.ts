import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Fault, LiveContext, UndoRecord } from '../core/kinds.ts';
import { need } from './effect/capability.ts';
import { inflict, proveSilent } from './effect/process.ts';

const params = z.strictObject({});

/** A hung node: its connections stay open and nothing answers. Harder to detect than a dead one. */
export const processPause: Fault<z.output<typeof params>, null> = {
  kind: 'process.pause',
  summary: 'Suspends the process (SIGSTOP): connections stay open, nothing answers',
  params,
  needsTargets: true,
  undoneBy: 'letting the process go on (SIGCONT)',
  needs: () => ['lifecycle', 'pausing'],
  touches: (input) => input.targets,
  undo: () => null,
  inject: (input, cx) =>
    inflict(input, cx, {
      act: (node) => need(cx.cluster, 'pausing', node).pause(node),
      prove: (node) => provePaused(node, cx),
      done: 'suspended and not answering',
    }),
  still: async (record, cx) => {
    await Promise.all(record.targets.map(({ node }) => provePaused(node, cx)));
  },
  revert: resume,
};

async function provePaused(node: string, cx: LiveContext): Promise<void> {
  const status = await need(cx.cluster, 'lifecycle', node).status(node);
  if (status.state !== 'paused') {
    throw new DrillError('FAULT_NOT_PROVED', `the process is ${status.state} and not suspended`, { at: node });
  }
  await proveSilent(node, cx);
}

async function resume(record: UndoRecord, cx: LiveContext): ReturnType<Fault<unknown>['revert']> {
  for (const { node } of record.targets) {
    const status = await need(cx.cluster, 'lifecycle', node).status(node);
    if (status.state === 'paused') await need(cx.cluster, 'pausing', node).resume(node);
    else if (status.state === 'gone') await need(cx.cluster, 'lifecycle', node).start(node);
  }
  const nodes = record.targets.map(({ node }) => node);
  return { summary: `runs again: ${nodes.join(', ')}`, facts: { nodes } };
}
