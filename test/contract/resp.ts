// Just enough of Redis's protocol to ask a node something without any client of ours or of others.
import { connect } from 'node:net';
import type { Address, AddressBook } from '../../src/core/node.ts';

/** One command on a connection of its own. Rejects on an error reply, a closed connection, and after `withinMs`. */
export function ask(address: Address, command: string, withinMs = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true });
    let text = '';
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`${command} at ${address.host}:${address.port}: ${why}`));
    };
    socket.setTimeout(withinMs, () => fail(`no answer within ${withinMs} ms`));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const reply = complete(text);
      if (reply === undefined) return;
      if (reply.startsWith('-')) return fail(reply);
      socket.destroy();
      resolve(reply.replace(/^[+:]/, ''));
    });
    socket.once('connect', () => socket.write(`${command}\r\n`));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('the connection was closed'));
  });
}

/** Simple strings, errors and integers with their sign, bulk strings without; undefined while something is missing. */
function complete(text: string): string | undefined {
  const end = text.indexOf('\r\n');
  if (end < 0) return undefined;
  if (!text.startsWith('$')) return text.slice(0, end);
  const length = Number(text.slice(1, end));
  const body = text.slice(end + 2);
  return body.length < length + 2 ? undefined : body.slice(0, length);
}

/** One field of INFO at a node, as `book` reaches it. */
export async function info(book: AddressBook, node: string, field: string): Promise<string | undefined> {
  const text = await ask(addressOf(book, node), 'INFO');
  return new RegExp(`^${field}:(.*)\\r$`, 'm').exec(text)?.[1];
}

export function addressOf(book: AddressBook, node: string): Address {
  const row = book.rows.find((each) => each.node === node);
  if (row === undefined) throw new Error(`${book.from} has no way to ${node}`);
  return row.address;
}
