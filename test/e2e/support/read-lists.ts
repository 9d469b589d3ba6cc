// Reads lists from Redis over a socket of its own: shares no code with what it checks.
import { connect } from 'node:net';
import type { Address } from '../../../src/core/node.ts';

/** Every element of a list, in order; empty when there is none. */
export async function readList(address: Address, key: string): Promise<readonly string[]> {
  const lines = (await askWhole(address, `LRANGE ${key} 0 -1`)).split('\r\n');
  const count = Number(/^\*(\d+)$/.exec(lines[0] ?? '')?.[1] ?? Number.NaN);
  // An element is two lines: its length, and itself.
  const elements = lines.slice(1).filter((_, at) => at % 2 === 1);
  if (elements.length !== count) throw new Error(`${key} at ${address.host}: ${lines[0]}, got ${elements.length}`);
  return elements;
}

/** Says QUIT behind the command, so that the end of the reply is the end of the connection. */
function askWhole({ host, port }: Address, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let text = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`${command} at ${host}:${port}: no answer`)));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('connect', () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.once('error', reject);
    socket.once('end', () => resolve(text.replace(/\+OK\r\n$/, '')));
  });
}
