// A bare connection for the oracle: replies of one line (status, error, integer), in the order of the commands. It
// knows for sure whether a command was written, which no client library says.
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Address } from '../core/node.ts';
import { type Credentials, credentialsOf, type Entrance, tlsOf, withoutSecret } from './redis-access.ts';
import { NoAnswerError, NotConnectedError } from './redis-outcome.ts';

const replyBytes = 512;

export interface ConnectAttempt {
  /** Rejects with NotConnectedError. */
  readonly connection: Promise<WireConnection>;
  /** Gives up, if it is still going on. */
  cancel(): void;
}

/** What connections to one node are opened with. Its files are read once, its password at each connection. */
export interface WireDoor {
  readonly address: Address;
  readonly tls: ConnectionOptions | undefined;
  /** The node wants to know who comes, or to speak TLS: it takes more than connecting. */
  readonly isLocked: boolean;
  /** For CLIENT SETNAME. */
  readonly name: string | undefined;
  credentials(): Credentials | undefined;
}

export function wireDoor(entrance: Entrance, name?: string): WireDoor {
  const { address, access } = entrance;
  const tls = tlsOf(entrance);
  const isLocked = tls !== undefined || credentialsOf(access) !== undefined;
  return { address, tls, isLocked, name, credentials: () => credentialsOf(access) };
}

/** Connected means let in: TLS is spoken and the server knows who asks, so that the first command is the caller's. */
export function connectWire(door: WireDoor): ConnectAttempt {
  const { address, tls } = door;
  const { promise, resolve, reject } = Promise.withResolvers<WireConnection>();
  let pending = true;
  let wire: WireConnection | undefined;
  const buffer = Buffer.alloc(replyBytes);
  const callback = (length: number): boolean => {
    wire?.receive(buffer.toString('latin1', 0, length));
    return true;
  };
  const options = { ...address, noDelay: true, onread: { buffer, callback } };
  const socket = tls === undefined ? connect(options) : connectTls({ ...options, ...tls });
  const fail = (cause?: unknown): void => {
    if (!pending) return;
    pending = false;
    socket.destroy();
    reject(new NotConnectedError(cause));
  };
  const succeed = (connection: WireConnection): void => {
    pending = false;
    resolve(connection);
  };
  socket.once('error', fail);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    wire = new WireConnection(socket);
    enter(wire, door, succeed).catch(fail);
  });
  return { connection: promise, cancel: () => fail() };
}

/** At once where nobody is asked who he is. */
async function enter(
  wire: WireConnection,
  { name, credentials: credentialsNow }: WireDoor,
  succeed: (wire: WireConnection) => void,
): Promise<void> {
  const credentials = credentialsNow();
  if (credentials !== undefined) {
    const { user, password = '' } = credentials;
    const who = user === undefined ? [password] : [user, password];
    await wire.ask('AUTH', ...who).catch((error: unknown) => {
      throw withoutSecret(error, credentials);
    });
  }
  // A census must know it; the first operation need not wait for that.
  if (name !== undefined) wire.ask('CLIENT', 'SETNAME', name).catch(() => undefined);
  succeed(wire);
}

export class WireConnection {
  readonly #socket: Socket;
  readonly #unanswered: PromiseWithResolvers<string>[] = [];
  #text = '';
  #usable = true;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => this.drop(new NoAnswerError(error.code ?? 'EOF')));
    socket.on('end', () => this.drop(new NoAnswerError('EOF')));
    socket.on('close', () => this.drop(new NoAnswerError('EOF')));
  }

  /** False once it was dropped or the other end closed it. */
  get usable(): boolean {
    return this.#usable;
  }

  /** True while an answer has not come, also one that nobody waits for any more. */
  get owing(): boolean {
    return this.#unanswered.length > 0;
  }

  /**
   * Sends one command and resolves with its reply, without the type character. Rejects with a ReplyError when the
   * server says no, with NotConnectedError when nothing was written, and with NoAnswerError when none came.
   */
  ask(...command: readonly string[]): Promise<string> {
    if (!this.#usable) return Promise.reject(new NotConnectedError());
    const answer = Promise.withResolvers<string>();
    this.#unanswered.push(answer);
    this.#socket.write(encode(command));
    return answer.promise;
  }

  /** Ends it; commands without their answers are rejected with this. */
  drop(reason: NoAnswerError): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.#socket.destroy();
    for (const answer of this.#unanswered.splice(0)) answer.reject(reason);
  }

  /** What the socket read: past its stream, which costs more than the reply. */
  receive(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\r\n'); end >= 0; end = this.#text.indexOf('\r\n')) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const answer = this.#unanswered.shift();
      if (answer === undefined) this.drop(new NoAnswerError('PROTOCOL'));
      else if (line.startsWith('-')) answer.reject(replyError(line.slice(1)));
      else answer.resolve(line.slice(1));
    }
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
