import { extname } from 'node:path';
import { z } from 'zod';
import type { Workload } from '../core/kinds.ts';
import { duration, rate } from '../core/units.ts';
import type { HttpTerms } from './http-requests-client.ts';
import { startWorker } from './open-loop-thread.ts';

/** Named as this file is: `.ts` here, `.js` in a package. */
const worker = new URL(`./http-requests-worker${extname(import.meta.url)}`, import.meta.url);

const url = z.url({ protocol: /^https?$/ });
const statuses = z.array(
  z.union([
    z.int().min(100).max(599),
    z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, 'expected a status, or a range such as 200-299'),
  ]),
);

const params = z
  .strictObject({
    url: url.optional().describe('what to ask; redirects are not followed'),
    units: z
      .record(z.string().min(1), url)
      .optional()
      .describe('instead of url, where several things can be out of service by themselves: name → url'),
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('the method'),
    headers: z.record(z.string(), z.string()).default({}).describe('headers to send'),
    body: z.string().optional().describe('the body to send, the same with each request'),
    rate: rate().default(100).describe('requests a second and unit, each due by the clock'),
    deadline: duration().default(1000).describe('a request without its whole answer by then is unknown'),
    inFlight: z
      .int()
      .min(1)
      .optional()
      .describe('requests that may wait at once, per unit; by default rate × deadline, at most 64'),
    ok: statuses.min(1).default(['200-299']).describe('statuses that are service; all others count against it'),
    notApplied: statuses
      .default([])
      .describe('statuses from 500 on after which a POST, PUT, PATCH or DELETE has surely not been applied'),
  })
  .refine(({ url, units }) => (url === undefined) !== (units === undefined), 'expected either url or units')
  .transform(
    ({ url, units, rate: ratePerSecond, deadline: deadlineMs, ...rest }): HttpTerms => ({
      ...rest,
      ratePerSecond,
      deadlineMs,
      units: units ?? (url === undefined ? {} : { [new URL(url).host]: url }),
    }),
  );

/**
 * What a user of an HTTP service sees. Any status in `ok` is ok. Any other is failed, except one from 500 on after a
 * request that may have changed something: unknown. A connection that could not be made is failed; a request that was
 * sent and not answered to its end is unknown, whatever its method (after a GET that makes no difference).
 *
 * What is ok does not depend on the phase: a worker does not know it, and the record stays what was seen. A 503 that
 * is right while the fault is in stands there as HTTP_503, or HTTP_503_RETRY_AFTER if it says when to come back, and
 * an assertion with `during` judges it. Nothing of headers, bodies and paths is recorded: they may hold secrets.
 */
export const httpRequests: Workload<HttpTerms> = {
  kind: 'http.requests',
  summary: 'HTTP requests to an application, each due by the clock and with a deadline of its own',
  params,
  example: { with: { url: 'http://127.0.0.1:8080/login', rate: '50/s' } },
  clients: [],
  start: (terms, context) => startWorker({ module: worker, data: terms, context }),
};
