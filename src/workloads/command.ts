import { z } from 'zod';
import type { Workload } from '../core/kinds.ts';
import { duration, rate } from '../core/units.ts';
import { type CommandParams, CommandSession } from './command-session.ts';

const params = z
  .strictObject({
    run: z
      .tuple([z.string().min(1)], z.string(), 'expected a list: the program and its arguments')
      .describe('the program and its arguments; no shell is involved'),
    cwd: z.string().optional().describe('the directory to run it in; without it, where Firedrill was started'),
    env: z.record(z.string(), z.string()).default({}).describe('additions to its environment'),
    rate: rate().default(100).describe('how often it is to send, per unit'),
    deadline: duration().default(1000).describe('an operation that is not settled by then is unknown'),
    units: z.array(z.string().min(1)).min(1).default(['all']).describe('what can be out of service by itself, by name'),
    ledger: z.boolean().default(false).describe('an ok promises that the write is kept; the program can read all back'),
    consumes: z
      .boolean()
      .default(false)
      .describe(
        'it reads: it says what it has consumed, processed and committed; units are partitions, as in orders/0',
      ),
    okMeans: z.string().optional().describe('what an ok of this program promises, in words for findings'),
    startWithin: duration().default(30_000).describe('how long it may take until it is ready to send'),
    stopWithin: duration().default(5000).describe('how long after the last deadline it may take until it has stopped'),
  })
  .transform(
    ({ rate: ratePerSecond, deadline: deadlineMs, startWithin: startWithinMs, stopWithin: stopWithinMs, ...rest }) => ({
      ...rest,
      ratePerSecond,
      deadlineMs,
      startWithinMs,
      stopWithinMs,
    }),
  );

/** Bring your own client, in any language: docs/bring-your-own-client.md. */
export const commandWorkload: Workload<CommandParams> = {
  kind: 'command',
  summary: 'A program of your own, in any language, that says what it sends and what becomes of it',
  params,
  example: { with: { run: ['python3', 'client.py'], rate: '50/s' } },
  clients: [],
  start: async (asked, cx) => {
    cx.signal.throwIfAborted();
    const session = new CommandSession(asked, cx);
    try {
      await session.start();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  },
};
