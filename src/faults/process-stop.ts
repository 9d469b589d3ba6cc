import { z } from 'zod';
import type { Fault } from '../core/kinds.ts';
import { duration } from '../core/units.ts';
import { need } from './effect/capability.ts';
import { bringBack, stillGone, takeDown } from './effect/process.ts';

const params = z
  .strictObject({ within: duration().default(30_000).describe('how long it may take to shut down by itself') })
  .transform(({ within }) => ({ withinMs: within }));

export const processStop: Fault<z.output<typeof params>, null> = {
  kind: 'process.stop',
  summary: 'Stops the process as an administrator does (SIGTERM) and waits until it is gone',
  params,
  needsTargets: true,
  undoneBy: 'starting the node again and opening the ways into it',
  needs: () => ['lifecycle'],
  touches: (input) => input.targets,
  undo: () => null,
  inject: (input, cx) =>
    takeDown(input, cx, (node) => need(cx.cluster, 'lifecycle', node).stop(node, input.params.withinMs)),
  still: stillGone,
  revert: bringBack,
};
