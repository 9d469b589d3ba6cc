import { z } from 'zod';
import { throwDenied } from '../clients/kafka-denied.ts';
import { type LogDir, readLogDirs } from '../clients/kafka-log-dirs.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import { onCluster } from '../clients/kafka-rights.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { type NodeName, PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  topics: z.array(z.string()).min(1).optional().describe('only these topics; without it, all that the brokers hold'),
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** More logs than this are not all written down at every reading. */
const MOST_IN_FULL = 300;

/** Sizes come from the brokers' own books: asking does not make them read their disks. A topic that no broker holds is an error. */
export const kafkaLogDirs: Probe<z.output<typeof params>> = {
  kind: 'kafka.log-dirs',
  summary: 'What lies on the brokers’ disks: sizes by partition, free space, directories that are offline',
  params,
  example: { tolerance: { offlineDirs: 0, minUsableShare: { atLeast: 0.2 } } },
  fields: {
    brokersAnswering: 'brokers that answer',
    dirs: 'log directories of those that answer',
    offlineDirs: 'directories that their broker has given up; one whose broker does not answer is not counted',
    minUsableShare: 'free space of the fullest volume, from 0 to 1; null where no broker can tell',
    futures: 'logs that are being moved to another directory of their broker',
    maxOffsetLag: 'messages that the log farthest behind is behind its partition’s high watermark',
    sizeBytes: 'broker → bytes of all its logs',
    partitions: `broker → partition → bytes; absent when there are more than ${MOST_IN_FULL} logs`,
  },
  rights: ({ service }) => inService(service, [onCluster('Describe')]),
  open: async ({ topics, service }, cx) => {
    const nodes = openKafkaNodes(cx.cluster.addresses(PROBE), { timeoutMs: 300, service, role: 'broker' });
    const wanted = topics === undefined ? undefined : new Set(topics);
    return {
      read: async () => {
        const dirs = answered(await readLogDirs(nodes, wanted));
        checkTopics(dirs, topics);
        return summarize(dirs);
      },
      [Symbol.asyncDispose]: async () => nodes[Symbol.dispose](),
    };
  },
};

type Answers = readonly (readonly [NodeName, readonly LogDir[]])[];

function answered(asked: Awaited<ReturnType<typeof readLogDirs>>): Answers {
  const answers: [NodeName, readonly LogDir[]][] = [];
  let why = 'there is none';
  for (const [node, answer] of asked) {
    if (answer instanceof Error) why = `${node}: ${answer.message}`;
    else answers.push([node, answer]);
  }
  throwDenied(asked.values());
  if (answers.length === 0) throw new Error(`no broker answers: ${why}`);
  return answers;
}

function checkTopics(answers: Answers, topics: readonly string[] = []): void {
  const held = new Set(
    answers.flatMap(([, dirs]) => dirs.flatMap(({ logs }) => logs.map(({ unit }) => topicOf(unit)))),
  );
  const missing = topics.find((topic) => !held.has(topic));
  if (missing !== undefined) throw new Error(`no broker that answers holds anything of topic "${missing}"`);
}

function topicOf(unit: string): string {
  return unit.slice(0, unit.lastIndexOf('/'));
}

/** Pure: facts → the probe's value. */
export function summarize(answers: Answers): Json {
  const dirs = answers.flatMap(([, each]) => each);
  const logs = dirs.flatMap((dir) => dir.logs);
  const shares = dirs.flatMap(({ usableBytes, totalBytes }) =>
    usableBytes === undefined || totalBytes === undefined || totalBytes === 0 ? [] : [usableBytes / totalBytes],
  );
  const value: JsonObject = {
    brokersAnswering: answers.length,
    dirs: dirs.length,
    offlineDirs: dirs.filter(({ offline }) => offline !== undefined).length,
    minUsableShare: shares.length === 0 ? null : Math.round(1e4 * Math.min(...shares)) / 1e4,
    futures: logs.filter(({ future }) => future).length,
    maxOffsetLag: logs.reduce((most, { offsetLag }) => Math.max(most, offsetLag), 0),
    sizeBytes: Object.fromEntries(answers.map(([node, each]) => [node, sizeOf(each.flatMap((dir) => dir.logs))])),
  };
  if (logs.length > MOST_IN_FULL) return value;
  return { ...value, partitions: Object.fromEntries(answers.map(([node, each]) => [node, sizesOf(each)])) };
}

function sizeOf(logs: LogDir['logs']): number {
  return logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function sizesOf(dirs: readonly LogDir[]): JsonObject {
  const present = dirs.flatMap(({ logs }) => logs.filter(({ future }) => !future));
  return Object.fromEntries(present.map(({ unit, sizeBytes }) => [unit, sizeBytes]));
}
