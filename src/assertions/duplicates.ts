import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import { countedAtMost } from './counted.ts';

const params = z.strictObject({
  atMost: z.number().int().nonnegative().default(0).describe('how many may be there more than once'),
});

export const duplicates: Assertion<z.output<typeof params>> = {
  kind: 'duplicates',
  summary: 'No write is there more than once',
  params,
  says: 'how many writes were found more than once, of how many acknowledged',
  takes: ['of'],
  requires: ['of'],
  check: ({ atMost }, cx) =>
    countedAtMost(cx, { atMost, what: 'more than once', count: (workload) => workload.duplicates }),
};
