import { z } from 'zod';
import { commitOffsets, readCommitted } from '../clients/kafka-groups.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { positionsOf } from '../clients/kafka-positions.ts';
import { onGroup, onTopic } from '../clients/kafka-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Action } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';
import { offsetParams, tellOffsets } from './kafka-offsets.ts';

const timeoutMs = 2000;

const params = z.strictObject({
  group: z.string().min(1).describe('its name; nobody may be in it'),
  ...offsetParams,
});

/** As kafka-consumer-groups.sh --reset-offsets does, and read back from the coordinator. */
export const kafkaResetOffsets: Action<z.output<typeof params>> = {
  kind: 'kafka.reset-offsets',
  summary: 'Commits other offsets for a group that nobody is in',
  params,
  example: { with: { group: 'consumers', topic: 'orders', to: 'begin' } },
  needsTargets: false,
  needs: () => [],
  rights: ({ group, topic, service }) => inService(service, [onGroup('Read', group), onTopic('Read', topic)]),
  run: async ({ params: { group, service, ...wanted } }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    using nodes = openKafkaNodes(book, { timeoutMs, service, role: 'broker' });
    const positions = await positionsOf(nodes, { book, ...wanted });
    await commitOffsets(nodes, group, positions).catch((cause: unknown) => {
      throw new DrillError('PLAN_REFUSED', `Kafka does not take other offsets for group "${group}": ${reason(cause)}`, {
        hint: 'Somebody is in it: stop its members first (workload.scale to 0), or use kafka.seek.',
        cause,
      });
    });
    const committed = await readCommitted(nodes, group);
    const wrong = positions.find(({ unit, offset }) => committed.get(unit) !== offset);
    if (wrong !== undefined) {
      const found = committed.get(wrong.unit) ?? 'nothing';
      throw new DrillError('CLUSTER_FAILED', `${found} is committed of ${wrong.unit}, and not ${wrong.offset}`);
    }
    const { words, facts } = tellOffsets(positions);
    return {
      summary: `${group} goes on from ${words}`,
      facts: { group, offsets: facts },
    };
  },
};

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
