import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';

const params = z.strictObject({
  workload: z.string().describe('its name in the drill; one that has processes of its own'),
  members: z.int().min(0).max(64).describe('how many it has from now on; the last ones are stopped in order'),
});

export const workloadScale: Action<z.output<typeof params>> = {
  kind: 'workload.scale',
  summary: 'Changes how many processes a workload has',
  params,
  example: { with: { workload: 'consumers', members: 5 } },
  needsTargets: false,
  needs: () => [],
  run: async ({ params: { workload, members } }, cx) => {
    const running = cx.workloads.get(workload)?.members;
    if (running === undefined) {
      const scalable = [...cx.workloads].flatMap(([name, each]) => (each.members === undefined ? [] : [name]));
      throw new DrillError('PLAN_REFUSED', `workload "${workload}" has no processes of its own`, {
        hint: `These have: ${scalable.join(', ') || 'none'}`,
      });
    }
    const before = running.names.length;
    await running.scale(members);
    return {
      summary: `${workload} has ${members} members instead of ${before}`,
      facts: { workload, members: [...running.names], before },
    };
  },
};
