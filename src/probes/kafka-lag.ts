import { z } from 'zod';
import { type PartitionLag, readLag } from '../clients/kafka-lag.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { onGroup, onTopics } from '../clients/kafka-rights.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

/** Of each question; a broker that hangs costs two of them, until its partitions are led by others. */
const timeoutMs = 250;
const name = z.string().min(1);

const params = z
  .strictObject({
    group: name.describe('whose lag; a group that there is not is an error, and never a lag of 0'),
    topics: z
      .union([name, z.array(name).min(1)])
      .optional()
      .describe('of which topics; without it, of all that the group has committed something of'),
    service: z.string().optional().describe('name of the service, when the cluster has several'),
  })
  .transform(({ topics, ...rest }) => ({ ...rest, topics: topics === undefined ? undefined : [topics].flat() }));

/** Asks every broker at once. While the leader of a partition does not answer, the whole is not known: null, never 0. */
export const kafkaLag: Probe<z.output<typeof params>> = {
  kind: 'kafka.lag',
  summary: 'How far a consumer group is behind: records that it has not committed, and how old the oldest of them is',
  params,
  example: { with: { group: 'consumers', topics: 'orders' }, tolerance: { records: { atMost: 100 } } },
  groupNames: ['group'],
  fields: {
    records: 'high watermark minus committed offset, of all partitions together; null while one is not known',
    ms: 'age of the oldest record that is not committed, by the wall clock; null while it is not known',
    atLeast: 'as records, of the partitions that are known',
    worst: 'records of the partition that is farthest behind; null while one is not known',
    unknown: 'how many partitions are not known: their leader does not answer',
    partitions: 'partition → records, ms, committed, end',
  },
  // The age of a record is read out of it.
  rights: ({ group, topics, service }) => inService(service, [onGroup('Describe', group), ...onTopics('Read', topics)]),
  open: async ({ group, topics, service }, cx) => {
    const book = cx.cluster.addresses(PROBE);
    const nodes = openKafkaNodes(book, { timeoutMs, service, role: 'broker' });
    return {
      read: async () => value(await readLag(nodes, { book, group, topics, timeoutMs })),
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

function value(lags: readonly PartitionLag[]): Json {
  const known = lags.flatMap(({ records }) => (records === undefined ? [] : [records]));
  const ages = lags.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  const isKnown = known.length === lags.length;
  const sum = known.reduce((a, b) => a + b, 0);
  return {
    records: isKnown ? sum : null,
    ms: ages.length === lags.length ? Math.max(0, ...ages) : null,
    atLeast: sum,
    worst: isKnown ? Math.max(0, ...known) : null,
    unknown: lags.length - known.length,
    partitions: Object.fromEntries(
      lags.map(({ unit, records, ms, committed, end }) => [
        unit,
        { records: records ?? null, ms: ms ?? null, committed: committed ?? null, end: end ?? null },
      ]),
    ),
  };
}
