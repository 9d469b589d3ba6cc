import type { Toxiproxy } from 'toxiproxy-node-client';
import { DrillError } from '../../core/error.ts';

type HttpClient = Toxiproxy['api'];

/** What Toxiproxy answered instead of doing it. */
export class ToxiproxyRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ToxiproxyRefusal';
    this.status = status;
  }
}

/**
 * The client's way to Toxiproxy, with what its own lacks: a deadline that ends the request, and the server's words
 * when it refuses. Throws TOOL_BROKEN when there is no answer in time, a ToxiproxyRefusal when the answer is no.
 */
export function createTransport(deadlineMs: number): Pick<HttpClient, 'get' | 'post' | 'delete' | 'getText'> {
  const ask = async (method: string, url: string, body?: unknown): Promise<string> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const [status, text] = await fetch(url, { ...init, signal: AbortSignal.timeout(deadlineMs) })
      .then(async (response) => [response.status, await response.text()] as const)
      .catch((error: unknown) => {
        throw silent(`${method} ${decodeURI(url)}`, deadlineMs, error);
      });
    if (status >= 200 && status < 300) return text;
    throw new ToxiproxyRefusal(status, `${method} ${decodeURI(url)}: ${status} ${reasonIn(text)}`);
  };
  // What comes back is typed by the client, which trusts the server as we do.
  const parse = <T>(text: string): { data: T } => ({ data: (text === '' ? undefined : JSON.parse(text)) as T });
  return {
    get: async (url) => parse(await ask('GET', url)),
    post: async (url, body) => parse(await ask('POST', url, body)),
    delete: async (url) => {
      await ask('DELETE', url);
    },
    getText: (url) => ask('GET', url),
  };
}

function silent(what: string, deadlineMs: number, cause: unknown): DrillError {
  const late = cause instanceof Error && cause.name === 'TimeoutError';
  if (!late)
    return new DrillError('TOOL_BROKEN', `Toxiproxy does not answer, is it still running? (${what})`, { cause });
  const hint = what.includes('/toxics')
    ? 'Bytes for a receiver that does not read hold it up: is a process behind this link paused?'
    : 'Is the machine overloaded?';
  return new DrillError('TOOL_BROKEN', `Toxiproxy: ${what}: no answer within ${deadlineMs} ms`, { hint, cause });
}

/** `{"error":"proxy not found","status":404}` → its first half. */
function reasonIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'error' in value) return String(value.error);
  } catch {
    // Not JSON: what there is will do.
  }
  return body.trim();
}
