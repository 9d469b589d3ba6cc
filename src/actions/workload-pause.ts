import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';

const params = z.strictObject({
  workload: z.string().describe('its name in the drill'),
  paused: z.boolean().default(true).describe('true stops sending, false goes on'),
});

export const workloadPause: Action<z.output<typeof params>> = {
  kind: 'workload.pause',
  summary: 'Stops a workload from sending, or lets it go on',
  params,
  example: { with: { workload: 'writes' } },
  needsTargets: false,
  needs: () => [],
  run: async ({ params: { workload, paused } }, cx) => {
    const running = cx.workloads.get(workload);
    if (running?.setPaused === undefined) {
      throw new DrillError('PLAN_REFUSED', `workload "${workload}" cannot be paused`, {
        hint: `Running: ${[...cx.workloads.keys()].join(', ')}`,
      });
    }
    running.setPaused(paused);
    return { summary: `${workload} ${paused ? 'is paused' : 'goes on'}`, facts: { workload, paused } };
  },
};
