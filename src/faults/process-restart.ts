import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Fault } from '../core/kinds.ts';
import { duration } from '../core/units.ts';
import { need } from './effect/capability.ts';
import { bringBack, describeIdentity, runningNode } from './effect/process.ts';

const params = z
  .strictObject({
    graceful: z.boolean().default(true).describe('SIGTERM and wait (true), or SIGKILL (false)'),
    within: duration().default(30_000).describe('how long it may take to shut down by itself'),
  })
  .transform(({ graceful, within }) => ({ graceful, withinMs: within }));

/** Down and up again at once: shorter than most detection times, which is what it is for. */
export const processRestart: Fault<z.output<typeof params>, null> = {
  kind: 'process.restart',
  summary: 'Restarts the process at once, gracefully or not',
  params,
  needsTargets: true,
  undoneBy: 'starting the node if it does not run',
  needs: () => ['lifecycle'],
  touches: (input) => input.targets,
  undo: () => null,
  inject: async (input, cx) => {
    const restarted = await Promise.all(
      input.targets.map(async (node) => {
        const lifecycle = need(cx.cluster, 'lifecycle', node);
        const before = describeIdentity((await runningNode(node, cx)).identity);
        await (input.params.graceful ? lifecycle.stop(node, input.params.withinMs) : lifecycle.kill(node));
        const after = describeIdentity(await lifecycle.start(node));
        if (after === before) throw new DrillError('FAULT_NOT_PROVED', `still ${before} after a restart`, { at: node });
        return `${node}, ${before} is now ${after}`;
      }),
    );
    return { summary: `restarted: ${restarted.join('; ')}`, facts: { nodes: [...input.targets] } };
  },
  revert: bringBack,
};
