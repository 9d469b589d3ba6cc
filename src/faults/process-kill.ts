import { z } from 'zod';
import type { Fault } from '../core/kinds.ts';
import { need } from './effect/capability.ts';
import { bringBack, stillGone, takeDown } from './effect/process.ts';

const params = z.strictObject({});

/** SIGKILL. What the node had sent still arrives, as with a crashed process; see host.crash for a lost machine. */
export const processKill: Fault<z.output<typeof params>, null> = {
  kind: 'process.kill',
  summary: 'Kills the process (SIGKILL); connects to it are refused until it is started again',
  params,
  needsTargets: true,
  undoneBy: 'starting the node again and opening the ways into it',
  needs: () => ['lifecycle'],
  touches: (input) => input.targets,
  undo: () => null,
  inject: (input, cx) => takeDown(input, cx, (node) => need(cx.cluster, 'lifecycle', node).kill(node)),
  still: stillGone,
  revert: bringBack,
};
