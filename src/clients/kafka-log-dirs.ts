// What lies on the brokers' disks: each broker can only tell of its own.
import type { NodeName } from '../core/node.ts';
import { describeLogDirsV4, kafkaErrorName } from './kafka-api.ts';
import { checkAllowed } from './kafka-denied.ts';
import { unitOf } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onCluster } from './kafka-rights.ts';

export interface LogDir {
  readonly path: string;
  /** Why it is offline; undefined while it is not. */
  readonly offline: string | undefined;
  /** Of the volume that it is on; undefined where the broker cannot tell. */
  readonly totalBytes: number | undefined;
  readonly usableBytes: number | undefined;
  readonly logs: readonly PartitionLog[];
}
export interface PartitionLog {
  readonly unit: string;
  readonly sizeBytes: number;
  /** Messages that it is behind the partition's high watermark; of a future log, behind the present one. */
  readonly offsetLag: number;
  /** A copy in another directory of the same broker that will replace the present one. */
  readonly future: boolean;
}

/** By broker; one that could not answer has an Error in its place. `topics` undefined = all that it has. */
export async function readLogDirs(
  nodes: KafkaNodes,
  topics?: ReadonlySet<string>,
): Promise<ReadonlyMap<NodeName, readonly LogDir[] | Error>> {
  return nodes.askAll(async (connection) => {
    const { errorCode, results } = await connection.ask(describeLogDirsV4.api, [null]);
    checkAllowed(errorCode, 'DescribeLogDirs', onCluster('Describe'));
    if (errorCode !== 0) throw new Error(`log directories: ${kafkaErrorName(errorCode)}`);
    return results.map((dir) => ({
      path: dir.logDir,
      offline: dir.errorCode === 0 ? undefined : kafkaErrorName(dir.errorCode),
      totalBytes: bytes(dir.totalBytes),
      usableBytes: bytes(dir.usableBytes),
      logs: dir.topics
        .filter(({ name }) => topics?.has(name) ?? true)
        .flatMap(({ name, partitions }) => partitions.map((partition) => logOf(name, partition))),
    }));
  });
}

function logOf(topic: string, { partitionIndex, partitionSize, offsetLag, isFutureKey }: Told): PartitionLog {
  return {
    unit: unitOf(topic, partitionIndex),
    sizeBytes: Number(partitionSize),
    offsetLag: Number(offsetLag),
    future: isFutureKey,
  };
}

type Told = Awaited<
  ReturnType<typeof describeLogDirsV4.api.async>
>['results'][number]['topics'][number]['partitions'][number];

function bytes(told: bigint): number | undefined {
  return told < 0n ? undefined : Number(told);
}
