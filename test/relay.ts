// A way to a server that is not its own address, as links are: for tests.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Address, AddressBook } from '../src/core/node.ts';

export interface Relay extends AsyncDisposable {
  readonly address: Address;
  /** Connections so far. */
  readonly accepted: number;
}

export async function startRelay(to: Address): Promise<Relay> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    const upstream = connect(to.port, to.host);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    get accepted() {
      return accepted;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

export interface Relays extends AsyncDisposable {
  /** The same nodes, each reached through a relay of its own. */
  readonly book: AddressBook;
  readonly byNode: ReadonlyMap<string, Relay>;
}

export async function startRelays(book: AddressBook): Promise<Relays> {
  const relays = await Promise.all(book.rows.map((row) => startRelay(row.address)));
  const byNode = new Map(book.rows.flatMap(({ node }, i) => (relays[i] === undefined ? [] : [[node, relays[i]]])));
  return {
    byNode,
    book: { ...book, rows: book.rows.map((row, i) => ({ ...row, address: relays[i]?.address ?? row.address })) },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
    },
  };
}
