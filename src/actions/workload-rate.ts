import { z } from 'zod';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';
import { rate } from '../core/units.ts';

const params = z
  .strictObject({
    workload: z.string().describe('its name in the drill'),
    rate: rate().describe('operations per second and unit from now on'),
  })
  .transform(({ workload, rate: ratePerSecond }) => ({ workload, ratePerSecond }));

export const workloadRate: Action<z.output<typeof params>> = {
  kind: 'workload.rate',
  summary: 'Changes how fast a workload sends',
  params,
  example: { with: { workload: 'writes', rate: '200/s' } },
  needsTargets: false,
  needs: () => [],
  run: async ({ params: { workload, ratePerSecond } }, cx) => {
    const running = cx.workloads.get(workload);
    if (running?.setRate === undefined) {
      throw new DrillError('PLAN_REFUSED', `the rate of workload "${workload}" cannot be changed`, {
        hint: `Running: ${[...cx.workloads.keys()].join(', ')}`,
      });
    }
    running.setRate(ratePerSecond);
    return { summary: `${workload} sends ${ratePerSecond}/s`, facts: { workload, ratePerSecond } };
  },
};
