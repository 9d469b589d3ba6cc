// One direct connection per node, kept between questions and replaced after its first error: for probes and services.
import { DrillError } from '../core/error.ts';
import type { AddressBook, AddressRow, NodeName } from '../core/node.ts';
import { connectDirect, PROBE_CLIENT, type Redis } from './redis.ts';

export interface NodeConnections extends AsyncDisposable {
  /** Redis nodes and Sentinels: what else the book has does not speak their protocol. */
  readonly nodes: readonly AddressRow[];
  /** Asks one node; rejects by the deadline. A connection that failed once is not used again. */
  ask<T>(node: NodeName, question: (redis: Redis) => Promise<T>): Promise<T>;
  /** Asks every node at once; a node that could not answer has an Error in its place. */
  askAll<T>(question: (redis: Redis, row: AddressRow) => Promise<T>): Promise<ReadonlyMap<NodeName, T | Error>>;
}

export interface NodeConnectionsOptions {
  readonly timeoutMs: number;
  /** Only nodes of this service, and of this role. */
  readonly service?: string | undefined;
  readonly role?: string | undefined;
}

const ROLES: ReadonlySet<string> = new Set(['redis', 'sentinel']);

/** Opens nothing yet: each connection is made when its node is asked first. */
export function openNodeConnections(book: AddressBook, options: NodeConnectionsOptions): NodeConnections {
  const nodes = book.rows.filter(
    (row) =>
      ROLES.has(row.role) &&
      (options.service === undefined || row.service === options.service) &&
      (options.role === undefined || row.role === options.role),
  );
  return new LazyConnections(nodes, options.timeoutMs);
}

class LazyConnections implements NodeConnections {
  readonly nodes: readonly AddressRow[];
  readonly #timeoutMs: number;
  readonly #open = new Map<NodeName, Promise<Redis>>();
  #isOver = false;

  constructor(nodes: readonly AddressRow[], timeoutMs: number) {
    this.nodes = nodes;
    this.#timeoutMs = timeoutMs;
  }

  async ask<T>(node: NodeName, question: (redis: Redis) => Promise<T>): Promise<T> {
    const row = this.nodes.find((each) => each.node === node);
    if (row === undefined) throw new DrillError('INTERNAL', `no such node to ask: ${node}`);
    // Opened now, it would be closed by nobody, and the process would not end.
    if (this.#isOver) throw new DrillError('INTERNAL', `asked ${node} on connections that are closed`);
    const connection = this.#connect(row);
    try {
      return await question(await connection);
    } catch (error) {
      if (!isReply(error)) this.#drop(node, connection);
      throw error;
    }
  }

  async askAll<T>(question: (redis: Redis, row: AddressRow) => Promise<T>): Promise<ReadonlyMap<NodeName, T | Error>> {
    const answers = this.nodes.map(async (row) => {
      const answer = await this.ask(row.node, (redis) => question(redis, row)).catch(toError);
      return [row.node, answer] as const;
    });
    return new Map(await Promise.all(answers));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const [node, connection] of this.#open) this.#drop(node, connection);
  }

  #connect(row: AddressRow): Promise<Redis> {
    const existing = this.#open.get(row.node);
    if (existing !== undefined) return existing;
    const connection = connectDirect(row, { timeoutMs: this.#timeoutMs, name: PROBE_CLIENT });
    this.#open.set(row.node, connection);
    connection.then(
      (redis) => redis.once('close', () => this.#drop(row.node, connection)),
      () => this.#drop(row.node, connection),
    );
    return connection;
  }

  #drop(node: NodeName, connection: Promise<Redis>): void {
    if (this.#open.get(node) === connection) this.#open.delete(node);
    connection.then(
      (redis) => redis.disconnect(),
      () => undefined,
    );
  }
}

/** An error that the server itself answered: the connection is as good as before. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
