// One connection to one Kafka node, with a deadline for everything that is asked on it. The library's high-level clients
// wait on dead nodes (494 of 498 sends had not settled 20 s after an outage); its raw API calls on a connection do not.
import { type API, Connection, protocolAPIsById, ResponseError } from '@platformatic/kafka';
import { readSecret } from '../core/access.ts';
import { type KafkaWay, platformaticSasl } from './kafka-access.ts';
import { notConnected, wantsTls } from './kafka-refusal.ts';
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
  const connection = new Connection(options.clientId, {
    connectTimeout: options.timeoutMs,
    // Ours is the deadline: it is another one for each question.
    requestTimeout: LIBRARY_TIMEOUT_MS,
    maxInflights: options.inFlight ?? 1,
    ...(access?.tls === undefined ? {} : { tls: tlsOptions(access.tls, announced.host) }),
    ...platformaticSasl(access),
  });
  connection.on('error', () => undefined);
  try {
    await connection.connect(address.host, address.port);
  } catch (error) {
    // What was refused is not closed by the library until the other end does it.
    connection.socket.destroy();
    throw notConnected(error, way);
  }
  return new LiveConnection(connection, options.timeoutMs);
}

const LIBRARY_TIMEOUT_MS = 600_000;

class LiveConnection implements KafkaConnection {
  readonly #connection: Connection;
  readonly #timeoutMs: number;

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
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
      late.reject(new KafkaTimeout(protocolAPIsById[api.key] ?? `API ${api.key}`, timeoutMs));
      this.drop();
    }, timeoutMs);
    try {
      return await Promise.race([late.promise, answer(api, this.#connection, args)]);
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
    if (error instanceof ResponseError && error['response'] !== undefined) return error['response'] as Answer;
    throw wantsTls(error) ?? error;
  }
}
