// Sends requests over connections of its own, and says what became of each.
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { request as requestSecurely, Agent as SecureAgent } from 'node:https';
import type { Socket } from 'node:net';
import { OK, type Operation, type Settlement, TIMED_OUT } from './open-loop-operation.ts';

/** Shorter than servers keep a silent connection, so that a request never meets one that is just being closed. */
const idleMs = 1000;

/** A status or, as `200-299`, a range of them. */
export type Statuses = readonly (number | string)[];

/** What is sent, and what answers to it mean. Plain data: it goes to a worker. */
export interface HttpTerms {
  /** Unit → URL. */
  readonly units: Readonly<Record<string, string>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly inFlight?: number | undefined;
  readonly ok: Statuses;
  /** Of those that are not ok: a request that changes something has surely not been applied. */
  readonly notApplied: Statuses;
}

export interface HttpClient extends AsyncDisposable {
  send(operation: Operation): Promise<Settlement>;
}

/** A pool for each unit; one request at a time on a connection. */
export function openHttpClient(terms: HttpTerms): HttpClient {
  const units = Object.values(terms.units).map((url) => new UnitClient(new URL(url), terms));
  return {
    send: async (operation) => {
      const unit = units[operation.unit];
      if (unit === undefined) throw new Error(`there is no unit ${operation.unit}`);
      return await unit.send(operation);
    },
    [Symbol.asyncDispose]: async () => {
      for (const unit of units) unit.close();
    },
  };
}

class UnitClient {
  readonly #url: URL;
  readonly #terms: HttpTerms;
  readonly #agent: Agent;

  constructor(url: URL, terms: HttpTerms) {
    this.#url = url;
    this.#terms = terms;
    const options = { keepAlive: true, timeout: idleMs };
    this.#agent = url.protocol === 'https:' ? new SecureAgent(options) : new Agent(options);
  }

  send(operation: Operation): Promise<Settlement> {
    const { method, headers, body } = this.#terms;
    operation.expiresAs = { outcome: 'failed', errorCode: 'CONNECT_TIMEOUT' };
    return new Promise((resolve) => {
      const send = this.#url.protocol === 'https:' ? requestSecurely : request;
      const call = send(this.#url, { method, headers, agent: this.#agent, signal: operation.signal });
      const fail = (error: Error): void => {
        this.#replaceConnections();
        // Once it has been sent nobody knows: it may have been applied, and the answer lost.
        resolve({ outcome: operation.expiresAs === TIMED_OUT ? 'unknown' : 'failed', errorCode: codeOf(error) });
      };
      onceConnected(call, () => {
        operation.expiresAs = TIMED_OUT;
      });
      call.once('error', fail).once('response', (response) => {
        response.once('error', fail).once('end', () => resolve(outcomeOf(response, this.#terms)));
        response.resume();
      });
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The one that failed is gone by itself; those that wait lead to the same place. */
  #replaceConnections(): void {
    for (const socket of Object.values(this.#agent.freeSockets).flat()) socket?.destroy();
  }
}

/** From this moment on the request is written. */
function onceConnected(call: ClientRequest, then: () => void): void {
  call.once('socket', (socket: Socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', then);
    else then();
  });
}

/** Exported for its test. */
export function outcomeOf(
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  { method, ok, notApplied }: Pick<HttpTerms, 'method' | 'ok' | 'notApplied'>,
): Settlement {
  if (includes(ok, statusCode)) return OK;
  const errorCode = `HTTP_${statusCode}${headers['retry-after'] === undefined ? '' : '_RETRY_AFTER'}`;
  const mayBeApplied = changesSomething(method) && statusCode >= 500 && !includes(notApplied, statusCode);
  return { outcome: mayBeApplied ? 'unknown' : 'failed', errorCode };
}

function changesSomething(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method);
}

function includes(statuses: Statuses, status: number): boolean {
  return statuses.some((each) => {
    const [low, high = low] = String(each).split('-').map(Number);
    return low !== undefined && high !== undefined && status >= low && status <= high;
  });
}

/** An error that stands for several addresses has their common code; one without any is known by its name. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
