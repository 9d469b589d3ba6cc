// One connection per node, kept between questions and replaced after its first error: for probes and services.
import { DrillError } from '../core/error.ts';
import type { AddressBook, AddressRow, NodeName } from '../core/node.ts';
import { connectKafka, KAFKA_PROBE_CLIENT, type KafkaConnection } from './kafka-connection.ts';
import { throwDenied } from './kafka-denied.ts';

export interface KafkaNodes extends Disposable {
  readonly nodes: readonly AddressRow[];
  /** Asks one node; rejects by the deadline. A connection that failed once is not used again. */
  ask<T>(node: NodeName, question: (connection: KafkaConnection) => Promise<T>): Promise<T>;
  /** Asks every node at once; a node that could not answer has an Error in its place. */
  askAll<T>(
    question: (connection: KafkaConnection, row: AddressRow) => Promise<T>,
  ): Promise<ReadonlyMap<NodeName, T | Error>>;
  /**
   * Asks all of them at once and takes the first answer that `accept` takes (any, if left out). Rejects when there is
   * none, with what each node said; where we may not ask, with the right that is missing.
   */
  askAny<T>(question: (connection: KafkaConnection) => Promise<T>, accept?: (answer: T) => boolean): Promise<T>;
}

export interface KafkaNodesOptions {
  readonly timeoutMs: number;
  /** Only nodes of this service, and of this role. */
  readonly service?: string | undefined;
  readonly role?: 'broker' | 'controller' | undefined;
}

/** Opens nothing yet: each connection is made when its node is asked first. A book has one row per node here. */
export function openKafkaNodes(book: AddressBook, options: KafkaNodesOptions): KafkaNodes {
  const nodes = book.rows.filter(
    (row) =>
      (row.role === 'broker' || row.role === 'controller') &&
      (options.service === undefined || row.service === options.service) &&
      (options.role === undefined || row.role === options.role),
  );
  return new LazyKafkaNodes(nodes, options.timeoutMs);
}

interface Entry {
  readonly opening: Promise<KafkaConnection>;
  /** Once it is open. */
  live: KafkaConnection | undefined;
}

class LazyKafkaNodes implements KafkaNodes {
  readonly nodes: readonly AddressRow[];
  readonly #timeoutMs: number;
  readonly #open = new Map<NodeName, Entry>();

  constructor(nodes: readonly AddressRow[], timeoutMs: number) {
    this.nodes = nodes;
    this.#timeoutMs = timeoutMs;
  }

  async ask<T>(node: NodeName, question: (connection: KafkaConnection) => Promise<T>): Promise<T> {
    const row = this.nodes.find((each) => each.node === node);
    if (row === undefined) throw new DrillError('INTERNAL', `no such node to ask: ${node}`);
    const entry = this.#connect(row);
    try {
      return await question(await entry.opening);
    } catch (error) {
      this.#drop(node, entry);
      throw error;
    }
  }

  async askAll<T>(
    question: (connection: KafkaConnection, row: AddressRow) => Promise<T>,
  ): Promise<ReadonlyMap<NodeName, T | Error>> {
    const answers = this.nodes.map(async (row) => {
      const answer = await this.ask(row.node, (connection) => question(connection, row)).catch(toError);
      return [row.node, answer] as const;
    });
    return new Map(await Promise.all(answers));
  }

  async askAny<T>(
    question: (connection: KafkaConnection) => Promise<T>,
    accept: (answer: T) => boolean = () => true,
  ): Promise<T> {
    const answers = this.nodes.map(async ({ node }) => {
      const answer = await this.ask(node, question);
      if (!accept(answer)) throw new Error('its answer is of no use');
      return answer;
    });
    try {
      return await Promise.any(answers);
    } catch (error) {
      const errors = (error as AggregateError).errors as readonly Error[];
      throwDenied(errors);
      const reasons = errors.map((reason, at) => `${this.nodes[at]?.node}: ${reason.message}`);
      throw new DrillError('CLUSTER_FAILED', `no Kafka node answers: ${reasons.join('; ')}`);
    }
  }

  [Symbol.dispose](): void {
    for (const [node, entry] of this.#open) this.#drop(node, entry);
  }

  #connect(row: AddressRow): Entry {
    const existing = this.#open.get(row.node);
    if (existing !== undefined && existing.live?.usable !== false) return existing;
    const options = { timeoutMs: this.#timeoutMs, clientId: KAFKA_PROBE_CLIENT, inFlight: 8 };
    const entry: Entry = { opening: connectKafka(row, options), live: undefined };
    this.#open.set(row.node, entry);
    entry.opening.then(
      (live) => {
        entry.live = live;
      },
      () => this.#drop(row.node, entry),
    );
    return entry;
  }

  #drop(node: NodeName, entry: Entry): void {
    if (this.#open.get(node) === entry) this.#open.delete(node);
    entry.opening.then(
      (live) => live.drop(),
      () => undefined,
    );
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
