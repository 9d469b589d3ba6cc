import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { countedAtMost } from './counted.ts';

const params = z.strictObject({
  atMost: z.number().int().nonnegative().default(0).describe('how many may stand out of order'),
});

/** A write stands behind another one that was sent only after its acknowledgement. Writes that were under way together have no order. */
export const ordering: Assertion<z.output<typeof params>> = {
  kind: 'ordering',
  summary: 'Acknowledged writes stand in the order in which they were made',
  params,
  says: 'how many writes stand behind one that was made later, of how many acknowledged',
  takes: ['of'],
  requires: ['of'],
  check: ({ atMost }, cx) =>
    countedAtMost(cx, { atMost, what: 'out of order', count: (workload) => workload.reordered }),
};
