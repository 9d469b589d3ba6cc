import { z } from 'zod';
import { type KafkaGroup, readGroup } from '../clients/kafka-groups.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { onGroup } from '../clients/kafka-rights.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  group: z.string().min(1).describe('its name; one that the coordinator does not know is an error'),
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Asks every broker: only the coordinator answers. */
export const kafkaGroup: Probe<z.output<typeof params>> = {
  kind: 'kafka.group',
  summary: 'A consumer group as its coordinator sees it: its state, who is in it, and who holds what',
  params,
  example: { with: { group: 'consumers' }, tolerance: { state: 'Stable', members: 3 } },
  groupNames: ['group'],
  fields: {
    state: 'as Kafka says it: Stable, PreparingRebalance, CompletingRebalance, Empty, Assigning, Reconciling',
    members: 'how many there are',
    protocol: 'classic, or consumer (KIP-848)',
    epoch: 'rises with every change of the members; null for classic groups, whose generation brokers do not tell',
    partitions: 'how many partitions somebody holds',
    idle: 'members that hold nothing',
    heldTwice: 'partitions that two members hold',
    holds: 'client id (and member id, where several share it) → partitions',
  },
  rights: ({ group, service }) => inService(service, [onGroup('Describe', group)]),
  open: async ({ group, service }, cx) => {
    const nodes = openKafkaNodes(cx.cluster.addresses(PROBE), { timeoutMs: 300, service, role: 'broker' });
    return {
      read: async () => value(await readGroup(nodes, group)),
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

function value({ protocol, state, epoch, members }: KafkaGroup): Json {
  const held = members.flatMap(({ holds }) => holds);
  const names = members.map(({ clientId }) => clientId);
  const isShared = (name: string): boolean => names.indexOf(name) !== names.lastIndexOf(name);
  return {
    state,
    members: members.length,
    protocol,
    epoch: epoch ?? null,
    partitions: new Set(held).size,
    idle: members.filter(({ holds }) => holds.length === 0).length,
    heldTwice: held.length - new Set(held).size,
    holds: Object.fromEntries(
      members.map(({ id, clientId, holds }) => [isShared(clientId) ? `${clientId} ${id}` : clientId, [...holds]]),
    ),
  };
}
