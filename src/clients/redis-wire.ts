// A bare connection for the oracle: one command at a time, replies of one line (status, error, integer), and an end
// to every wait. It knows for sure whether a command was written, which no client library says.
import { connect, type Socket } from 'node:net';
import type { Address } from '../core/node.ts';
import { NotConnectedError } from './redis-outcome.ts';

const replyBytes = 512;

/** Connects, or rejects with NotConnectedError; gives up when the signal is aborted. */
export function connectWire(address: Address, signal: AbortSignal): Promise<WireConnection> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new NotConnectedError());
    let wire: WireConnection | undefined;
    const buffer = Buffer.alloc(replyBytes);
    const callback = (length: number): boolean => {
      wire?.receive(buffer.toString('latin1', 0, length));
      return true;
    };
    const socket = connect({ ...address, noDelay: true, onread: { buffer, callback } });
    const giveUp = (): void => {
      socket.destroy();
      reject(new NotConnectedError());
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', (error) => reject(new NotConnectedError(error)));
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp);
      wire = new WireConnection(socket);
      resolve(wire);
    });
  });
}

export class WireConnection {
  readonly #socket: Socket;
  #answer: PromiseWithResolvers<string> | undefined;
  #line = '';
  #usable = true;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => this.drop(error.code ?? 'EOF'));
    socket.on('end', () => this.drop('EOF'));
    socket.on('close', () => this.drop('EOF'));
  }

  /** False once it was dropped or the other end closed it. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Sends one command and resolves with its reply, without the type character. Rejects with a ReplyError when the
   * server says no, with NotConnectedError when nothing was written, and with an error whose `code` says why
   * (`EOF`, `ECONNRESET`, what `drop` was given) when the answer did not come.
   */
  ask(...command: readonly string[]): Promise<string> {
    if (!this.#usable || this.#answer !== undefined) return Promise.reject(new NotConnectedError());
    this.#answer = Promise.withResolvers();
    this.#socket.write(encode(command));
    return this.#answer.promise;
  }

  /** Ends it; a command without its answer is rejected with this code. */
  drop(code: string): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.#socket.destroy();
    this.#answer?.reject(Object.assign(new Error(`no answer: ${code}`), { code }));
  }

  /** What the socket read: past its stream, which costs more than the reply. */
  receive(text: string): void {
    this.#line += text;
    if (!this.#line.endsWith('\r\n')) return;
    const [answer, line] = [this.#answer, this.#line.slice(0, -2)];
    this.#answer = undefined;
    this.#line = '';
    if (answer === undefined || line.includes('\r\n')) this.drop('PROTOCOL');
    else if (line.startsWith('-')) answer.reject(replyError(line.slice(1)));
    else answer.resolve(line.slice(1));
  }
}

function encode(command: readonly string[]): string {
  let text = `*${command.length}\r\n`;
  for (const word of command) text += `$${Buffer.byteLength(word)}\r\n${word}\r\n`;
  return text;
}

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}
