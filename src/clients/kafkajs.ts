// kafkajs as a subject: never an instrument, it hangs on a dead leader until its request times out.
import { connect, type Socket } from 'node:net';
import { type ISocketFactoryArgs, Kafka, type KafkaConfig, logLevel, type ProducerConfig } from 'kafkajs';
import { type AddressBook, translate } from '../core/node.ts';
import { bootstrapOf, type KafkaSubject, type KafkaSubjectOptions } from './kafka-subject.ts';

/** As `net` has it in kafkajs's own factory. */
const keepAliveMs = 60_000;

export function openKafkajs(options: KafkaSubjectOptions): KafkaSubject {
  muteTimeoutWarning();
  const hard = options.profile === 'hardened';
  const kafka = new Kafka({
    clientId: options.name,
    brokers: [...bootstrapOf(options)],
    logLevel: logLevel.NOTHING,
    socketFactory: (to) => openSocket(to, options.addresses),
    ...(hard ? hardened : {}),
  });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    ...(hard ? hardenedProducer : {}),
    ...(options.idempotence ? { idempotent: true } : {}),
  });
  const acks = options.acks === 'all' ? -1 : 1;
  const timeout = hard ? { timeout: hardenedRequestMs } : {};
  const ready = producer.connect();
  ready.catch(() => undefined);
  return {
    ready,
    send: async ({ topic, ...message }) => {
      await producer.send({ topic, acks, ...timeout, messages: [message] });
    },
    [Symbol.dispose]: () => void producer.disconnect().catch(() => undefined),
  };
}

/** Brokers announce names that lead nowhere from here: the way is in the book. */
export function openSocket({ host, port, onConnect }: ISocketFactoryArgs, book: AddressBook): Socket {
  const socket = connect(translate(book, { host, port }), onConnect);
  socket.setKeepAlive(true, keepAliveMs);
  return socket;
}

const hardenedRequestMs = 1000;

/**
 * A request to a broker that is silent hangs for 30 s by default, and one that timed out does not make kafkajs look for
 * the new leader (tulios/kafkajs#1783): only metadata that is old does. Five retries are used up before a dead leader is
 * replaced (#1175, #950).
 */
export const hardened: Partial<KafkaConfig> = {
  connectionTimeout: 1000,
  requestTimeout: hardenedRequestMs,
  enforceRequestTimeout: true,
  retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 30 },
};
const hardenedProducer: ProducerConfig = { metadataMaxAge: 1000, retry: { ...hardened.retry } };

let muted = false;

/**
 * kafkajs 2.2.4 sets timers in the past, and Node 24 warns of it on every connection (tulios/kafkajs#1751). This leaves
 * out that one warning, by its name, in this thread; all others are printed.
 */
export function muteTimeoutWarning(): void {
  if (muted) return;
  muted = true;
  const emit = process.emitWarning.bind(process) as (...args: readonly unknown[]) => void;
  process.emitWarning = ((...args: readonly unknown[]) => {
    if (args[1] !== 'TimeoutNegativeWarning') emit(...args);
  }) as typeof process.emitWarning;
}
