// A leader of a real Kafka is killed while a ledger is written, and everything is read back and measured.
import { join } from 'node:path';
import type { Ops } from '../../src/core/outcome.ts';
import { readOps } from '../../src/journal/ops-file.ts';
import { readReadBacks } from '../../src/journal/read-backs.ts';
import { countLedger, type LedgerCount } from '../../src/measure/ledger.ts';
import { type Gap, outagesOf } from '../../src/measure/outages.ts';
import { healthyTerms } from '../../src/measure/service.ts';
import { createTopic } from '../kafka-topics.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../loopback-kafka.ts';
import type { LedgerRun } from '../run-ledger.ts';
import type { Gap as ProbedGap } from './start-prober.ts';

export const SESSION_MS = 6000;
export const HEARTBEAT_MS = 2000;
/** orders/0 is led by broker-1, orders/1 by broker-2, orders/2 by broker-3. */
const REPLICAS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
];

/** Three brokers and a controller on plain loopback, with `orders`: three partitions of three replicas, two in sync at least. */
export async function startFailoverKafka(): Promise<LoopbackKafka> {
  const settings = { 'broker.session.timeout.ms': SESSION_MS, 'broker.heartbeat.interval.ms': HEARTBEAT_MS };
  const cluster = await startLoopbackKafka({ controllers: 1, settings });
  try {
    const config = { 'min.insync.replicas': 2 };
    await createTopic(cluster.book('probe'), { name: 'orders', replicas: REPLICAS, config });
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

export async function untilOkForLong(run: LedgerRun): Promise<void> {
  await run.until('recovery', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > 1500);
}

export interface Measured {
  readonly ops: Ops;
  /** The longest one of a unit that was not over before the fault, by the measures that findings rest on. */
  longest(unit: number): Gap;
  /** How many ended so: `ok`, `failed ECONNREFUSED`, … */
  readonly endings: Readonly<Record<string, number>>;
}

/** Of a run that is finished. `hurtAtMs`: what came before it was healthy. */
export async function measured(run: LedgerRun, hurtAtMs: number): Promise<Measured> {
  const ops = await readOps(join(run.dir, 'writes.ndjson'));
  if (ops === undefined) throw new Error('there are no operations');
  return {
    ops,
    longest: (unit) => {
      const { gaps } = outagesOf(ops, unit, healthyTerms(ops, unit, hurtAtMs));
      const after = gaps.filter(({ toMs = Number.POSITIVE_INFINITY }) => toMs > hurtAtMs);
      const [longest] = after.toSorted((a, b) => (b.highMs ?? b.lowMs) - (a.highMs ?? a.lowMs));
      if (longest === undefined) throw new Error(`no outage of unit ${unit}`);
      return longest;
    },
    endings: endingsOf(ops),
  };
}

function endingsOf(ops: Ops): Record<string, number> {
  const endings: Record<string, number> = {};
  for (let row = 0; row < ops.count; row++) {
    const outcome = ['ok', 'failed', 'unknown', 'notSent'][ops.outcome[row] ?? 0] ?? '';
    const ending = `${outcome} ${ops.errorCodes[ops.error[row] ?? 0] ?? ''}`.trim();
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
  return endings;
}

/** The longest gap of a prober that was not over before the fault. */
export function longestProbed(gaps: readonly ProbedGap[], hurtAtMs: number): ProbedGap {
  const after = gaps.filter(({ toMs }) => toMs > hurtAtMs);
  const [longest] = after.toSorted((a, b) => b.highMs - a.highMs);
  if (longest === undefined) throw new Error('the prober saw no outage');
  return longest;
}

/** As outages: they overlap in time, and in how long they may have lasted. */
export function meet(probed: ProbedGap, { fromMs, toMs = Number.POSITIVE_INFINITY, lowMs, highMs }: Gap): boolean {
  const overlap = probed.fromMs <= toMs && fromMs <= probed.toMs;
  return overlap && probed.lowMs <= (highMs ?? Number.POSITIVE_INFINITY) && lowMs <= probed.highMs;
}

/** Reads it back, and holds it against what was acknowledged. */
export async function ledgerCount(run: LedgerRun, { ops }: Measured): Promise<LedgerCount> {
  await run.readBack(30_000);
  const count = countLedger(ops, (await readReadBacks(join(run.dir, 'writes.read.ndjson'))) ?? []);
  if (count === undefined) throw new Error('a unit was not read back');
  return count;
}
