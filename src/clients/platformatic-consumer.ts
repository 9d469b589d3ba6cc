// A member of a group by @platformatic/kafka, as an application has it.
import { Consumer, type ConsumerOptions, type Message } from '@platformatic/kafka';
import { describeFailure, type KafkaConsumer, type KafkaGroupOptions } from './kafka-consumer.ts';
import { unitOf } from './kafka-metadata.ts';
import { hardened, type PlaceOptions, placeOf, takeOurWay } from './platformatic.ts';

type Bytes = Consumer<Buffer, Buffer, Buffer, Buffer>;
type BytesMessage = Message<Buffer, Buffer, Buffer, Buffer>;

const defaultHeartbeatMs = 3000;

/** Resolves when it is a member. Rejects when it could not become one. */
export async function openPlatformaticConsumer(options: KafkaGroupOptions): Promise<KafkaConsumer> {
  const place = placeOf(options);
  const consumer: Bytes = new Consumer(configOf(options, place));
  takeOurWay(consumer.connections, options, place);
  tellEvents(consumer, options);
  const stream = await consumer.consume({ topics: [...options.topics], mode: 'committed', fallbackMode: 'earliest' });
  takeOurWay(stream.connections, options, place);
  stream.on('error', (error) => options.tell('crashed', describeFailure(error)));
  const gate = new Gate();
  const reading = (async () => {
    for await (const message of stream) {
      await gate.open;
      await take(message, options);
    }
  })().catch((error: unknown) => options.tell('failed', describeFailure(error)));
  return {
    setPaused: (paused) => gate.set(paused),
    [Symbol.asyncDispose]: async () => {
      gate.set(false);
      await stream.close();
      await reading;
      await consumer.close(true);
    },
  };
}

function configOf(options: KafkaGroupOptions, place: PlaceOptions): ConsumerOptions<Buffer, Buffer, Buffer, Buffer> {
  const { group, commit, profile, protocol, sessionTimeoutMs: session } = options;
  const base = {
    ...place,
    groupId: group,
    autocommit: commit === 'auto',
    ...(profile === 'hardened' ? hardened : {}),
  };
  // In the new protocol, the session is the broker's to say.
  if (protocol === 'consumer') return { ...base, groupProtocol: 'consumer' };
  if (session === undefined) return base;
  const heartbeatInterval = Math.min(defaultHeartbeatMs, Math.floor(session / 3));
  return { ...base, sessionTimeout: session, heartbeatInterval, rebalanceTimeout: Math.max(session, 60_000) };
}

function tellEvents(consumer: Bytes, { tell, protocol }: KafkaGroupOptions): void {
  consumer.on('consumer:group:join', ({ generationId, assignments }) => {
    // By the new protocol partitions come and go while it stays a member.
    if (protocol === 'consumer') return tell('reading', 'in a group by the consumer protocol');
    const units = (assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => unitOf(topic, partition)),
    );
    const generation = generationId === undefined ? '' : `generation ${generationId}, `;
    tell('joined', `${generation}holds ${units.join(', ') || 'nothing'}`);
  });
  consumer.on('consumer:group:rebalance', () => tell('rebalancing', ''));
  consumer.on('consumer:group:leave', () => tell('left', ''));
  consumer.on('consumer:heartbeat:error', ({ error }) => tell('failed', describeFailure(error)));
}

async function take(message: BytesMessage, { commit, process, tell }: KafkaGroupOptions): Promise<void> {
  const { topic, partition, value, offset, timestamp } = message;
  const tellFailed = (error: unknown): void => tell('commit failed', describeFailure(error));
  if (commit === 'beforeProcessing') await Promise.resolve(message.commit()).catch(tellFailed);
  await process({ topic, partition, offset: Number(offset), value, timestampMs: Number(timestamp) });
  // Not waited for: the library sends the newest of them when the one before is through.
  if (commit === 'afterProcessing') Promise.resolve(message.commit()).catch(tellFailed);
}

/** Passes while it is open. */
class Gate {
  open: Promise<void> = Promise.resolve();
  #resolve: (() => void) | undefined;

  set(shut: boolean): void {
    this.#resolve?.();
    this.#resolve = undefined;
    if (!shut) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.open = promise;
    this.#resolve = resolve;
  }
}
