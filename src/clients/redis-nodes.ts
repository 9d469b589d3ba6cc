// One direct connection per node, kept between questions and replaced after its first error: for probes and services.
import { DrillError } from '../core/error.ts';
import type { AddressBook, AddressRow, NodeName } from '../core/node.ts';
import { connectDirect, PROBE_CLIENT, type Redis } from './redis.ts';

export interface NodeConnections extends AsyncDisposable {
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

/** Opens nothing yet: each connection is made when its node is asked first. */
export function openNodeConnections(book: AddressBook, options: NodeConnectionsOptions): NodeConnections {
  const rows = book.rows.filter(
    (row) =>
      (options.service === undefined || row.service === options.service) &&
      (options.role === undefined || row.role === options.role),
  );
  const open = new Map<NodeName, Promise<Redis>>();

  const drop = (node: NodeName, connection: Promise<Redis>): void => {
    if (open.get(node) === connection) open.delete(node);
    connection.then(
      (redis) => redis.disconnect(),
      () => undefined,
    );
  };
  const connect = (row: AddressRow): Promise<Redis> => {
    const existing = open.get(row.node);
    if (existing !== undefined) return existing;
    const connection = connectDirect(row.address, { timeoutMs: options.timeoutMs, name: PROBE_CLIENT });
    open.set(row.node, connection);
    connection.then(
      (redis) => redis.once('close', () => drop(row.node, connection)),
      () => drop(row.node, connection),
    );
    return connection;
  };
  const ask = async <T>(node: NodeName, question: (redis: Redis) => Promise<T>): Promise<T> => {
    const row = rows.find((r) => r.node === node);
    if (row === undefined) throw new DrillError('INTERNAL', `no such node to ask: ${node}`);
    const connection = connect(row);
    try {
      return await question(await connection);
    } catch (error) {
      if (!isReply(error)) drop(node, connection);
      throw error;
    }
  };

  return {
    nodes: rows,
    ask,
    askAll: async (question) => {
      const answers = rows.map(async (row) => {
        const answer = await ask(row.node, (redis) => question(redis, row)).catch(toError);
        return [row.node, answer] as const;
      });
      return new Map(await Promise.all(answers));
    },
    [Symbol.asyncDispose]: async () => {
      for (const [node, connection] of open) drop(node, connection);
    },
  };
}

/** An error that the server itself answered: the connection is as good as before. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
