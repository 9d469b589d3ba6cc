// One connection to one Kafka node, with a deadline for everything that is asked on it. The library's high-level clients
// wait on dead nodes (494 of 498 sends had not settled 20 s after an outage); its raw API calls on a connection do not.
import type { API, Connection } from '@platformatic/kafka';
import { readSecret } from '../core/access.ts';
import { type KafkaWay, platformaticSasl } from './kafka-access.ts';
import { kafkaLibrary } from './kafka-api.ts';
import { notConnected, refusalOf, SPOKE_TLS } from './kafka-refusal.ts';
import { tlsOptions } from './tls-options.ts';

/** One version of one call of Kafka's protocol, as @platformatic/kafka exports them: `metadataV12.api`. */
export type KafkaApi<Args extends readonly unknown[], Answer> = Pick<API<[...Args], Answer>, 'async' | 'key'>;

/** Nothing came back in time; whether it was done is not known. The connection is closed. */
export class KafkaTimeout extends Error {
  override readonly name = 'KafkaTimeout';
  constructor(what: string, afterMs: number) {
    super(`${what} was not answered within ${afterMs} ms`);
  }
}

export interface KafkaConnectionOptions {
  /** For connecting, and for each question that does not bring its own. */
  readonly timeoutMs: number;
  /** client.id: our own probes say who they are. */
  readonly clientId: string;
  /** Questions that may be under way at once; a broker answers them in order. */
  readonly inFlight?: number;
}

/** The client.id of connections that only look. */
export const KAFKA_PROBE_CLIENT = 'firedrill-probe';

/** Disposing it is `drop`. */
export interface KafkaConnection extends Disposable {
  readonly usable: boolean;
  /**
   * The decoded answer, whatever error codes stand in it: they are the caller's to read. Rejects when none came by the
   * deadline (KafkaTimeout) or the connection is gone.
   */
  ask<Args extends readonly unknown[], Answer>(
    api: KafkaApi<Args, Answer>,
    args: Args,
    timeoutMs?: number,
  ): Promise<Answer>;
  /** Closes it at once; what is under way rejects. */
  drop(): void;
}

/**
 * Rejects when there is no connection within the deadline. PLAN_REFUSED: we are not let in; USAGE: a secret or a file that
 * is needed for it is not there.
 */
export async function connectKafka(way: KafkaWay, options: KafkaConnectionOptions): Promise<KafkaConnection> {
  const { access, address, announced } = way;
  if (access?.password !== undefined) readSecret(access.password);
  const library = kafkaLibrary();
  const connection = new library.Connection(options.clientId, {
    connectTimeout: options.timeoutMs,
    // Ours is the deadline: it is another one for each question.
    requestTimeout: LIBRARY_TIMEOUT_MS,
    maxInflights: options.inFlight ?? 1,
    ...(access?.tls === undefined ? {} : { tls: tlsOptions(access.tls, announced.host) }),
    ...platformaticSasl(access),
  });
  const live = new LiveConnection(connection, way, options.timeoutMs);
  try {
    const connected = connection.connect(address.host, address.port);
    if (access?.tls === undefined) live.listenForTls();
    await connected;
  } catch (error) {
    // What was refused is not closed by the library until the other end does it.
    live.drop();
    throw notConnected(live.failure ?? error, way);
  }
  return live;
}

const LIBRARY_TIMEOUT_MS = 600_000;

/** How a record of TLS begins that says what was wrong. */
const TLS_ALERT = 0x15;
const TLS_MAJOR = 0x03;

class LiveConnection implements KafkaConnection {
  readonly #connection: Connection;
  readonly #way: KafkaWay;
  readonly #timeoutMs: number;
  /**
   * What ended it, where that was told. With TLS 1.3 we are in before our certificate is looked at: the refusal comes
   * later, and the library tells whoever has asked only that the connection was closed.
   */
  failure: Error | undefined;

  constructor(connection: Connection, way: KafkaWay, timeoutMs: number) {
    this.#connection = connection;
    this.#way = way;
    this.#timeoutMs = timeoutMs;
    connection.on('error', (error: Error) => {
      this.failure ??= error;
    });
  }

  /** The library does not tell it where it negotiates how we are let in. */
  listenForTls(): void {
    this.#connection.socket.once('data', (data: Buffer) => {
      if (data[0] === TLS_ALERT && data[1] === TLS_MAJOR) this.failure = new Error(SPOKE_TLS);
    });
  }

  get usable(): boolean {
    return this.#connection.isConnected();
  }

  async ask<Args extends readonly unknown[], Answer>(
    api: KafkaApi<Args, Answer>,
    args: Args,
    timeoutMs = this.#timeoutMs,
  ): Promise<Answer> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new KafkaTimeout(kafkaLibrary().protocolAPIsById[api.key] ?? `API ${api.key}`, timeoutMs));
      this.drop();
    }, timeoutMs);
    try {
      return await Promise.race([late.promise, answer(api, this.#connection, args)]);
    } catch (error) {
      throw refusalOf(this.failure, this.#way) ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  drop(): void {
    // Not the library's close(): that waits until the other end has taken what is still to be sent.
    this.#connection.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.drop();
  }
}

async function answer<Args extends readonly unknown[], Answer>(
  api: KafkaApi<Args, Answer>,
  connection: Connection,
  args: Args,
): Promise<Answer> {
  try {
    return await api.async(connection, ...args);
  } catch (error) {
    // The library throws where any error code stands in an answer, but keeps the answer.
    if (error instanceof kafkaLibrary().ResponseError && error['response'] !== undefined)
      return error['response'] as Answer;
    throw error;
  }
}
