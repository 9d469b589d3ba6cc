// kafkajs as a subject: never an instrument, it hangs on a dead leader until its request times out.
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactoryArgs, Kafka, type KafkaConfig, logLevel, type ProducerConfig } from 'kafkajs';
import { accessOf, kafkajsSasl, wayTo } from './kafka-access.ts';
import { bootstrapOf, type KafkaSubject, type KafkaSubjectOptions } from './kafka-subject.ts';
import { tlsOptions } from './tls-options.ts';

/** As `net` has it in kafkajs's own factory. */
const keepAliveMs = 60_000;

export function openKafkajs(options: KafkaSubjectOptions): KafkaSubject {
  muteTimeoutWarning();
  const hard = options.profile === 'hardened';
  const kafka = new Kafka({ ...placeOf(options), ...(hard ? hardened : {}) });
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

type Place = Pick<KafkaSubjectOptions, 'name' | 'addresses' | 'service'>;

/** Who it is, where it begins, and how it gets to a broker: those announce names that may lead nowhere from here. */
export function placeOf(options: Place): KafkaConfig {
  return {
    clientId: options.name,
    brokers: [...bootstrapOf(options)],
    logLevel: logLevel.NOTHING,
    socketFactory: (to) => openSocket(to, options),
    ...kafkajsSasl(accessOf(options.addresses, options.service).access),
  };
}

function openSocket({ host, port, onConnect }: ISocketFactoryArgs, { addresses, service }: Place): Socket {
  const { address, announced, access } = wayTo({ host, port }, addresses, service);
  const socket =
    access?.tls === undefined
      ? connect(address, onConnect)
      : connectTls({ ...address, ...tlsOptions(access.tls, announced.host) }, onConnect);
  socket.setKeepAlive(true, keepAliveMs);
  return socket;
}

/**
 * A second is too little: whatever has waited through an outage is sent at once when it is over, and what is not answered
 * in time is sent again and keeps the brokers from answering, for good (2,000 duplicates of 300 records, and no recovery).
 */
const hardenedRequestMs = 3000;

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
