import { z } from 'zod';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { positionsOf } from '../clients/kafka-positions.ts';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';

const timeoutMs = 2000;

const params = z.strictObject({
  workload: z.string().describe('a consumer of the drill that runs'),
  topic: z.string().min(1).describe('which topic'),
  partitions: z.array(z.int().min(0)).min(1).optional().describe('only these; without it, all of the topic'),
  to: z
    .union([z.enum(['begin', 'end']), z.int().min(0)])
    .describe('begin: what is kept is read again; end: what is not read yet is left out; or an offset'),
  service: z.string().optional().describe('name of the Kafka service, where the cluster has several'),
});

/** Moves those that read, while they do. For a group that nobody is in, there is kafka.reset-offsets. */
export const kafkaSeek: Action<z.output<typeof params>> = {
  kind: 'kafka.seek',
  summary: 'Lets a running consumer go on from another offset',
  params,
  example: { with: { workload: 'consumers', topic: 'orders', to: 'begin' } },
  needsTargets: false,
  needs: () => [],
  run: async ({ params: { workload, topic, partitions, to, service } }, cx) => {
    const running = cx.workloads.get(workload);
    if (running?.seek === undefined) {
      throw new DrillError('PLAN_REFUSED', `workload "${workload}" cannot go on from another offset`, {
        hint: `Running: ${[...cx.workloads.keys()].join(', ')}`,
      });
    }
    const book = cx.cluster.addresses(PROBE);
    using nodes = openKafkaNodes(book, { timeoutMs, service, role: 'broker' });
    const positions = (await positionsOf(nodes, { book, topic, to })).filter(
      ({ partition }) => partitions?.includes(partition) ?? true,
    );
    for (const { unit, offset } of positions) await running.seek(unit, offset);
    const moved = positions.map(({ unit, offset }) => `${unit} at ${offset}`);
    return {
      summary: `${workload} was told to go on from ${moved.join(', ')}`,
      facts: { workload, offsets: Object.fromEntries(positions.map(({ unit, offset }) => [unit, offset])) },
    };
  },
};
