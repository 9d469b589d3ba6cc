// A member of a group by kafkajs, as an application has it.
import { type Consumer, type ConsumerConfig, type EachBatchPayload, Kafka } from 'kafkajs';
import { describeFailure, type KafkaConsumer, type KafkaGroupOptions } from './kafka-consumer.ts';
import { hardened, muteTimeoutWarning, placeOf } from './kafkajs.ts';

const defaultHeartbeatMs = 3000;

/** Resolves when it has asked to join: a mark says when it has. Rejects when it could not connect. */
export async function openKafkajsConsumer(options: KafkaGroupOptions): Promise<KafkaConsumer> {
  muteTimeoutWarning();
  const kafka = new Kafka({ ...placeOf(options), ...(options.profile === 'hardened' ? hardened : {}) });
  const consumer = kafka.consumer(configOf(options));
  tellEvents(consumer, options);
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  await run(consumer, options);
  const all = options.topics.map((topic) => ({ topic }));
  return {
    setPaused: (paused) => (paused ? consumer.pause(all) : consumer.resume(all)),
    seek: (topic, partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    [Symbol.asyncDispose]: () => consumer.disconnect(),
  };
}

function configOf({ group, sessionTimeoutMs, profile }: KafkaGroupOptions): ConsumerConfig {
  const session =
    sessionTimeoutMs === undefined
      ? {}
      : { sessionTimeout: sessionTimeoutMs, heartbeatInterval: Math.min(defaultHeartbeatMs, sessionTimeoutMs / 3) };
  return { groupId: group, ...session, ...(profile === 'hardened' ? { retry: { ...hardened.retry } } : {}) };
}

function tellEvents(consumer: Consumer, { tell }: KafkaGroupOptions): void {
  const { GROUP_JOIN, REBALANCING, CRASH, STOP } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const units = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      // Not `unitOf`: it would bring the other library along, which takes ten times as long to load as this one.
      partitions.map((partition) => `${topic}/${partition}`),
    );
    tell('joined', `holds ${units.join(', ') || 'nothing'}`);
  });
  consumer.on(REBALANCING, () => tell('rebalancing', ''));
  consumer.on(STOP, () => tell('left', ''));
  consumer.on(CRASH, ({ payload }) => {
    tell('crashed', `${describeFailure(payload.error)}${payload.restart ? ', and starts again' : ''}`);
  });
}

async function run(consumer: Consumer, options: KafkaGroupOptions): Promise<void> {
  if (options.commit === 'auto') {
    await consumer.run({ eachBatch: async (payload) => void (await processBatch(payload, options)) });
    return;
  }
  const commit = async ({ topic, partition }: EachBatchPayload['batch'], offset: number): Promise<void> => {
    try {
      await consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
    } catch (error) {
      options.tell('commit failed', describeFailure(error));
      throw error;
    }
  };
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async (payload) => {
      if (options.commit === 'beforeProcessing') await commit(payload.batch, Number(payload.batch.lastOffset()) + 1);
      const next = await processBatch(payload, options);
      if (options.commit === 'afterProcessing' && next !== undefined) await commit(payload.batch, next);
    },
  });
}

/** One after another, as long as they are its own; where to go on, or undefined when none was processed. */
async function processBatch(payload: EachBatchPayload, { process }: KafkaGroupOptions): Promise<number | undefined> {
  const { topic, partition, messages } = payload.batch;
  let next: number | undefined;
  for (const { offset, value, timestamp } of messages) {
    if (!payload.isRunning() || payload.isStale()) break;
    await process({ topic, partition, offset: Number(offset), value, timestampMs: Number(timestamp) });
    next = Number(offset) + 1;
    payload.resolveOffset(offset);
    await payload.heartbeat();
  }
  return next;
}
