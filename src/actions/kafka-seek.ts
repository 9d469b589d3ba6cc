import { z } from 'zod';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { positionsOf } from '../clients/kafka-positions.ts';
import { onTopic } from '../clients/kafka-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { offsetParams, tellOffsets } from './kafka-offsets.ts';

const timeoutMs = 2000;

const params = z.strictObject({
  workload: z.string().describe('a consumer of the drill that runs'),
  ...offsetParams,
});

/** Moves those that read, while they do. For a group that nobody is in, there is kafka.reset-offsets. */
export const kafkaSeek: Action<z.output<typeof params>> = {
  kind: 'kafka.seek',
  summary: 'Lets a running consumer go on from another offset',
  params,
  example: { with: { workload: 'consumers', topic: 'orders', to: 'begin' } },
  needsTargets: false,
  needs: () => [],
  rights: ({ topic, service }) => inService(service, [onTopic('Describe', topic)]),
  run: async ({ params: { workload, service, ...wanted } }, cx) => {
    const running = cx.workloads.get(workload);
    if (running?.seek === undefined) {
      throw new DrillError('PLAN_REFUSED', `workload "${workload}" cannot go on from another offset`, {
        hint: `Running: ${[...cx.workloads.keys()].join(', ')}`,
      });
    }
    const book = cx.cluster.addresses(PROBE);
    using nodes = openKafkaNodes(book, { timeoutMs, service, role: 'broker' });
    const positions = await positionsOf(nodes, { book, ...wanted });
    for (const { unit, offset } of positions) await running.seek(unit, offset);
    const { words, facts } = tellOffsets(positions);
    return {
      summary: `${workload} was told to go on from ${words}`,
      facts: { workload, offsets: facts },
    };
  },
};
