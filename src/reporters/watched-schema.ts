// The part of result.json that a watch has.
import { z } from 'zod';

const atMs = z.number().describe('milliseconds since the start of the run, on the monotonic clock');
const phase = z.object({ name: z.string(), atMs, detail: z.string() });

const outage = z
  .object({
    by: z.string().describe('the workload that was not served, or the probe whose readings deviated'),
    from: z.enum(['workload', 'probe']),
    what: z.string().describe('of a workload, the unit; of a probe, what deviated first'),
    fromMs: atMs,
    toMs: atMs.optional().describe('left out: it was not over when the watch ended'),
    lowMs: z.number(),
    highMs: z.number().optional().describe('left out: it never ended'),
  })
  .meta({ id: 'seenOutage', description: 'how long somebody was without service, as bounds' });

const clients = z
  .object({
    followed: z.array(
      z.object({
        name: z.string(),
        before: z.number().describe('connections to the primary before'),
        after: z.number(),
        withinMs: z.number().describe('first seen at the new primary this long after that was seen to lead, at most'),
      }),
    ),
    leftBehind: z.array(
      z.object({
        name: z.string(),
        address: z.string(),
        library: z.string(),
        node: z.string().describe('the old primary, on which it is'),
        forMs: z.number(),
        still: z.boolean().describe('false: it was gone from there in the end'),
      }),
    ),
    gone: z
      .array(z.object({ name: z.string(), before: z.number() }))
      .describe('were there before, and are nowhere now'),
  })
  .meta({ id: 'clientsAfter', description: 'by name (CLIENT SETNAME), or by host where they have none' });

const episode = z
  .object({
    kind: z.enum(['failover', 'disturbance']).describe('failover: somebody else leads than before'),
    fromMs: atMs,
    toMs: atMs,
    begunBy: phase.optional().describe('what a server said first; left out: only clients and probes noticed'),
    moves: z.array(z.object({ from: z.string(), to: z.string(), atMs })),
    outages: z.array(outage),
    phases: z.array(phase),
    isr: z
      .object({
        shrunkAtMs: atMs,
        recoveredAtMs: atMs.optional().describe('left out: a replica was still missing in the end'),
        last: z.string().describe('what was missing last'),
      })
      .optional()
      .describe('of Kafka; left out: no replica fell out of step'),
    clients: clients.optional(),
  })
  .meta({ id: 'episode', description: 'what servers said, and outages, with no long quiet between them' });

export const watchedSchema = z
  .object({
    fromMs: atMs,
    toMs: atMs,
    writes: z.boolean().describe('false: nothing was written, and outages are what probes saw of them'),
    begunBefore: z.array(phase).describe('what servers said of a failure before it began to watch'),
    episodes: z.array(episode),
    stutters: z
      .array(outage)
      .describe('outages of less than a second that belong to no episode, as no server says why they were'),
  })
  .meta({ id: 'watched', description: 'what happened in a cluster while nothing was done to it' });
