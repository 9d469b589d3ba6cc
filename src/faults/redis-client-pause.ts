import { z } from 'zod';
import { connectDirect, PROBE_CLIENT, type Redis } from '../clients/redis.ts';
import { outcomeOf } from '../clients/redis-outcome.ts';
import {
  type Answer,
  answerTo,
  type PauseMode,
  pauseClients,
  READ,
  unpauseClients,
  VOID_WRITE,
} from '../clients/redis-pause.ts';
import { ofRedis } from '../clients/redis-rights.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { Fault, FaultInput, LiveContext, UndoRecord } from '../core/kinds.ts';
import { type AddressRow, type NodeName, PROBE } from '../core/node.ts';
import { duration, formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';

/** An undo has 30 s, and nobody can end a pause of everything. */
const MOST_ALL_MS = 25_000;

const params = z
  .strictObject({
    mode: z
      .enum(['write', 'all'])
      .default('write')
      .describe('write: what changes data waits, and reads are served; all: nothing is answered'),
    pauseFor: duration().default(3000).describe('a lease: it ends by itself after this'),
  })
  .refine(({ mode, pauseFor }) => mode === 'write' || pauseFor <= MOST_ALL_MS, {
    message: `a pause of everything cannot be ended early, so it may last ${formatMs(MOST_ALL_MS)} at most`,
    path: ['pauseFor'],
  })
  .transform(({ mode, pauseFor }) => ({ mode, pauseForMs: pauseFor }));
type Params = z.output<typeof params>;

const RIGHTS = { write: [ofRedis('CLIENT', 'UNPAUSE'), ofRedis(...VOID_WRITE)], all: [] };

/**
 * A node that hangs or stalls, made by the node itself: for clusters of which nobody lets us stop a process. It ends by itself,
 * also when the runner dies.
 */
export const redisClientPause: Fault<Params, PauseMode> = {
  kind: 'redis.client-pause',
  summary: 'Lets the clients of Redis nodes wait (CLIENT PAUSE), their writes only or everything, for a time',
  params,
  example: { with: { mode: 'write', pauseFor: '3s' }, hold: '2s' },
  needsTargets: true,
  undoneBy: 'ending the pause of writes (CLIENT UNPAUSE); one of everything is waited for',
  warns: ({ mode, pauseForMs }) => [WARNINGS[mode], `it ends by itself ${formatMs(pauseForMs)} after its beginning`],
  needs: () => [],
  rights: ({ mode }) => [ofRedis('CLIENT', 'PAUSE', '1', mode.toUpperCase()), ofRedis(...READ), ...RIGHTS[mode]],
  touches: (input) => input.targets,
  undo: (input) => input.params.mode,
  inject: (input, cx) => pause(input, cx),
  still: async (record, cx) => {
    for (const { node } of record.targets) await provePaused(rowOf(node, cx), record.prior);
  },
  revert: (record, cx) => goOn(record, cx),
};

const WARNINGS: Readonly<Record<PauseMode, string>> = {
  write:
    'PUBLISH waits too, that of the Sentinels among it: once the pause is some 2 s longer than their down-after, they take ' +
    'the node for down and fail over',
  all: 'Sentinels take a primary for down, and fail over, when it is longer than their down-after; nobody can end it early',
};

async function pause({ params, targets }: FaultInput<Params>, cx: LiveContext): Promise<Evidence> {
  const { mode, pauseForMs } = params;
  const rows = targets.map((node) => rowOf(node, cx));
  for (const row of rows) await proveServed(row, mode);
  const notBeforeMs = cx.clock.nowMs();
  await Promise.all(rows.map((row) => onNode(row, (redis) => pauseClients(redis, mode, pauseForMs))));
  const byMs = cx.clock.nowMs();
  await Promise.all(rows.map((row) => provePaused(row, mode)));
  const what = mode === 'write' ? 'writes wait and reads are served' : 'nothing is answered';
  return {
    summary: `${what} on ${targets.join(', ')}, for ${formatMs(pauseForMs)}`,
    facts: { nodes: [...targets], mode, pauseForMs },
    notBeforeMs,
    byMs,
  };
}

function rowOf(node: NodeName, cx: LiveContext): AddressRow {
  const row = cx.cluster.addresses(PROBE).rows.find((each) => each.node === node && each.role === 'redis');
  if (row === undefined) throw new DrillError('FAULT_NOT_PROVED', 'it is no Redis node', { at: node });
  return row;
}

async function onNode(row: AddressRow, act: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = await connectDirect(row, { timeoutMs: 2000, name: PROBE_CLIENT });
  try {
    await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** Throws where a pause would prove nothing: what would wait is refused already. */
async function proveServed(row: AddressRow, mode: PauseMode): Promise<void> {
  const answer = await answerTo(row, mode === 'write' ? VOID_WRITE : READ, ANSWER_MS);
  if (answer === 'answered') return;
  const what = mode === 'write' ? 'a write' : 'PING';
  throw new DrillError('FAULT_NOT_PROVED', `${what} is not served before the pause: ${wordsOf(answer)}`, {
    at: row.node,
    hint: 'Writes can be paused on a primary that takes them.',
  });
}

/** For how long a command has to be without an answer before we say that it waits; and how long one may take that does not. */
const SILENCE_MS = 200;
const ANSWER_MS = 2000;

/** Throws when the pause is over. A node that was made a replica meanwhile has been left by the system: that is no end of it. */
async function provePaused(row: AddressRow, mode: PauseMode): Promise<void> {
  if (mode === 'write') {
    const [write, read] = await Promise.all([answerTo(row, VOID_WRITE, SILENCE_MS), answerTo(row, READ, ANSWER_MS)]);
    const isReplica = typeof write === 'object' && write.refusal.startsWith('READONLY');
    if ((write === 'waits' || isReplica) && read === 'answered') return;
    throw over(row, write === 'waits' ? 'reads wait too' : `a write is not made to wait: ${wordsOf(write)}`);
  }
  const answer = await answerTo(row, READ, SILENCE_MS);
  if (answer !== 'waits') throw over(row, `it answers PING: ${wordsOf(answer)}`);
}

function wordsOf(answer: Answer): string {
  if (typeof answer === 'object') return answer.refusal;
  return answer === 'waits' ? 'nothing comes back' : 'it is answered';
}

function over({ node }: AddressRow, what: string): DrillError {
  return new DrillError('FAULT_NOT_PROVED', `the pause is not in force: ${what}`, {
    at: node,
    hint: 'It ends by itself after pauseFor: a hold has to be shorter.',
  });
}

async function goOn({ prior: mode, targets }: UndoRecord<PauseMode>, cx: LiveContext): Promise<Evidence> {
  const nodes = targets.map(({ node }) => node);
  await Promise.all(nodes.map((node) => goOnAt(rowOf(node, cx), mode, cx)));
  return { summary: `clients are served again on ${nodes.join(', ')}`, facts: { nodes } };
}

async function goOnAt(row: AddressRow, mode: PauseMode, cx: LiveContext): Promise<void> {
  const isServed = async (): Promise<true | undefined> => {
    if (mode === 'write') await onNode(row, unpauseClients);
    const answer = await answerTo(row, mode === 'write' ? VOID_WRITE : READ, SILENCE_MS);
    return answer === 'waits' ? undefined : true;
  };
  await waitFor(() => isServed().catch(trueWhenGone), {
    withinMs: MOST_ALL_MS,
    everyMs: 50,
    signal: cx.signal,
    what: `the pause of ${row.node} to end`,
  });
}

/** Its process has ended, and the pause with it; or it is about to, and the next try will find out. */
function trueWhenGone(error: unknown): true | undefined {
  const { errorCode } = outcomeOf(error);
  if (errorCode === 'ECONNREFUSED') return true;
  if (CUT_OFF.has(errorCode)) return undefined;
  throw error;
}

/** What a connection is told by a process that dies. */
const CUT_OFF: ReadonlySet<string> = new Set(['ECONNRESET', 'EOF', 'EPIPE']);
