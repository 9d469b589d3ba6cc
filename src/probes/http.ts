import { type IncomingMessage, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { z } from 'zod';
import { createClock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';

const keptBytes = 64 * 1024;

const params = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('what to ask; redirects are not followed'),
  method: z
    .enum(['GET', 'HEAD', 'OPTIONS'])
    .default('GET')
    .describe('a probe only looks: no method that changes anything'),
  headers: z.record(z.string(), z.string()).default({}).describe('headers to send'),
});
type Params = z.output<typeof params>;

/**
 * Any answer is a reading, also a 500. No answer is none: a refused or lost connection is a gap in the series and not
 * a status. Each reading has a connection of its own, so that it says what somebody new would find.
 */
export const httpProbe: Probe<Params> = {
  kind: 'http',
  summary: 'Status, body and duration of one HTTP request on a new connection; without an answer there is no reading',
  params,
  example: { with: { url: 'http://127.0.0.1:8080/health' }, tolerance: { status: 200 } },
  fields: {
    status: 'the status code',
    ms: 'milliseconds from the start of the connection to the end of the body',
    body: 'the body as text; cut after 64 KB',
    json: 'the body, parsed; absent when that is not JSON or was cut',
  },
  open: async (params) => ({
    read: async (signal) => {
      try {
        return await ask(params, signal);
      } catch (error) {
        throw new Error(`${params.method} ${new URL(params.url).host}: ${reasonOf(error, signal)}`, { cause: error });
      }
    },
    [Symbol.asyncDispose]: async () => {},
  }),
};

async function ask({ url, method, headers }: Params, signal: AbortSignal): Promise<Json> {
  const clock = createClock();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = new URL(url).protocol === 'https:' ? requestSecurely : request;
    send(url, { method, headers, signal, agent: false }, resolve).once('error', reject).end();
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (bytes <= keptBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  const body = Buffer.concat(chunks).subarray(0, keptBytes).toString();
  return {
    status: response.statusCode ?? 0,
    ms: clock.nowMs(),
    body,
    ...(bytes > keptBytes ? {} : jsonOf(body)),
  };
}

function jsonOf(text: string): { readonly json?: Json } {
  try {
    return { json: JSON.parse(text) as Json };
  } catch {
    return {};
  }
}

/** An error that stands for several addresses has no message of its own, and a code. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer in time';
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
