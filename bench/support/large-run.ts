// A recorded run of 5 million operations: a ledger of one unit with an outage in its middle, read back from three nodes.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { AssertionSpec } from '../../src/core/drill.ts';
import type { EventBody } from '../../src/core/journal.ts';
import { createRandom } from '../../src/core/random.ts';
import { encodeHeader, encodeOp, type OpRecord } from '../../src/journal/ops-format.ts';

export const operations = 5_000_000;
const ratePerSecond = 5000;
const [spacingMs, deadlineMs] = [1000 / ratePerSecond, 500];
const endMs = operations * spacingMs;
const [calledMs, promotedMs, revertMs] = [endMs / 2, endMs / 2 + 6000, endMs / 2 + 30_000];

const position = { file: 'bench.drill.yaml', line: 1, col: 1 };
const fault = { type: 'step', step: 'kill', verb: 'fault', kind: 'process.kill', targets: ['redis-1'] } as const;
const probe = { name: 'redis.topology', kind: 'redis.topology', params: {}, everyMs: 100, timeoutMs: 400 };

function asserted(kind: string, more: Partial<AssertionSpec>): AssertionSpec {
  const unsaid = { since: undefined, during: undefined, probe: undefined, tolerance: undefined, forMs: undefined };
  return { name: kind, kind, of: ['writes'], ...unsaid, withinMs: undefined, params: {}, position, ...more };
}

const assertions = [
  asserted('rto', { since: 'kill', params: { atMostMs: 10_000 } }),
  asserted('rpo', { params: { lostWrites: 0, atMostMs: undefined } }),
  asserted('availability', { params: { longestMs: 10_000, totalMs: undefined, outages: 1 } }),
  asserted('errors', { during: 'kill', params: { only: ['ECONNREFUSED', 'TIMEOUT'] } }),
  asserted('ordering', { params: { atMost: 0 } }),
  asserted('duplicates', { params: { atMost: 0 } }),
  asserted('always', { of: [], probe, tolerance: { fields: { primaries: 1 } } }),
];
const timing = { startWithinMs: 0, warmUpMs: 0, recoveryWithinMs: 60_000, heldForMs: 3000, drainWithinMs: 0 };
const drill = {
  name: 'bench',
  file: position.file,
  title: 'bench',
  sha256: '',
  tags: [],
  proves: [],
  selfTest: [],
  method: [],
  workloads: [{ name: 'writes' }],
  steadyStateHypothesis: { title: '', probes: [] },
  timing,
  assertions,
};

/** Writes it as a run writes it, into a folder that is there. */
export async function writeLargeRun(dir: string): Promise<void> {
  await mkdir(join(dir, 'ops'));
  await writeLines(join(dir, 'events.ndjson'), events());
  await writeLines(join(dir, 'ops', 'writes.ndjson'), operationLines());
  await writeLines(join(dir, 'ops', 'writes.read.ndjson'), readBackLines());
}

/** In the order in which they settled, as a workload writes them. */
function* operationLines(): Generator<string> {
  yield encodeHeader({
    v: 1,
    workload: 'writes',
    kind: 'redis.ledger',
    client: 'oracle',
    units: ['mymaster'],
    spacingMs,
    deadlineMs,
    ledger: true,
    okMeans: 'acknowledged and confirmed by WAIT 1',
  });
  let waiting: OpRecord[] = [];
  const random = createRandom(1);
  for (let i = 0; i < operations; i++) {
    waiting.push(operation(i, random.next()));
    if (waiting.length < 5000) continue;
    const dueMs = i * spacingMs;
    const settled = waiting.filter(({ settledMs }) => settledMs < dueMs).sort((a, b) => a.settledMs - b.settledMs);
    waiting = waiting.filter(({ settledMs }) => settledMs >= dueMs);
    for (const op of settled) yield encodeOp(op);
  }
  for (const op of waiting.sort((a, b) => a.settledMs - b.settledMs)) yield encodeOp(op);
}

function operation(i: number, chance: number): OpRecord {
  const dueMs = i * spacingMs;
  const sentMs = dueMs + 0.05;
  const at = { i, unit: 0, dueMs, sentMs };
  if (dueMs < calledMs + 1 || dueMs > promotedMs)
    return { ...at, settledMs: sentMs + 0.4 - Math.log(1 - chance), outcome: 'ok' };
  if (i % 2 === 0) return { ...at, settledMs: sentMs + 0.3, outcome: 'failed', errorCode: 'ECONNREFUSED' };
  return { ...at, settledMs: sentMs + deadlineMs, outcome: 'unknown', errorCode: 'TIMEOUT' };
}

function* readBackLines(): Generator<string> {
  for (const from of ['redis-2', 'redis-1', 'redis-3']) {
    yield `${JSON.stringify({ unit: 'mymaster', from, authoritative: from === 'redis-2' })}\n`;
    for (let i = 0; i < operations; i += 5000) {
      const chunk = Array.from({ length: 5000 }, (_, at) => i + at);
      yield `${JSON.stringify(chunk.filter((one) => operation(one, 0).outcome === 'ok'))}\n`;
    }
  }
}

type Stamped = EventBody & { readonly atMs: number };

function* events(): Generator<string> {
  const all: Stamped[] = [
    { type: 'run', v: 1, drill, runId: 'bench', atMs: 0 } as unknown as Stamped,
    { type: 'phase', phase: 'warmUp', state: 'begin', atMs: 0 },
    { type: 'phase', phase: 'method', state: 'begin', atMs: calledMs },
    { ...fault, state: 'called', atMs: calledMs },
    { ...fault, state: 'confirmed', evidence: { summary: 'it is gone', facts: {} }, atMs: calledMs + 20 },
    { ...fault, state: 'revertCalled', atMs: revertMs },
    { ...fault, state: 'reverted', atMs: revertMs + 100 },
    { type: 'phase', phase: 'drain', state: 'begin', atMs: endMs },
    { type: 'workload', workload: 'writes', state: 'readBack', facts: {}, atMs: endMs + 1000 },
    { type: 'end', status: 'completed', removed: true, atMs: endMs + 2000 },
  ];
  for (let atMs = 100; atMs < endMs; atMs += 100) {
    const value = { primaries: 1, acceptingWrites: atMs > calledMs && atMs < promotedMs ? 0 : 1, replicasInStep: 2 };
    all.push({ type: 'probe', probe: 'redis.topology', startedMs: atMs - 5, value, atMs });
  }
  for (const event of all.sort((a, b) => a.atMs - b.atMs)) yield `${JSON.stringify(event)}\n`;
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file);
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length < 1 << 20) continue;
    if (!stream.write(batch)) await once(stream, 'drain');
    batch = '';
  }
  stream.end(batch);
  await finished(stream);
}
