// A client of a simulated service, in virtual time: an open loop with deadlines, a limit of operations under way,
// connections that break and are made again, and spells of sleep.
import { type Ops, OUTCOMES, type Outcome } from '../../core/outcome.ts';
import { createRandom, type Random } from '../../core/random.ts';
import { createServer, type Server } from './server.ts';
import type { World } from './world.ts';

/** An operation as it is recorded. */
export interface Row {
  readonly unit: number;
  readonly i: number;
  readonly dueMs: number;
  readonly sentMs: number;
  settledMs: number;
  outcome: Outcome;
  code: string;
  /** When it was served, if it was acknowledged. */
  servedMs: number | undefined;
}

export interface Simulated {
  readonly ops: Ops;
  /** By unit: when each operation that was acknowledged had been served, in order. */
  readonly servedAtMs: readonly (readonly number[])[];
  /** By unit: spells in which its client had no service, whoever was to blame for it. In order, apart from each other. */
  readonly absent: readonly (readonly Absence[])[];
  /** By unit: from when to when operations were on their way that were slow for no reason. */
  readonly slowOnes: readonly (readonly Absence[])[];
}

export interface Absence {
  readonly fromMs: number;
  readonly toMs: number;
}

export function simulate(world: World): Simulated {
  const rows: Row[] = [];
  const servedAtMs: (readonly number[])[] = [];
  const absent: (readonly Absence[])[] = [];
  const slowOnes: (readonly Absence[])[] = [];
  for (const unit of world.units.keys()) {
    const client = runClient(world, unit);
    for (const row of client.rows) rows.push(row);
    servedAtMs.push(client.rows.flatMap(({ servedMs }) => servedMs ?? []).sort((a, b) => a - b));
    slowOnes.push(client.server.slowOnes);
    absent.push(joined([...client.server.absences, ...client.unconnected]));
  }
  return { ops: columns(rows, world), servedAtMs, absent, slowOnes };
}

function joined(all: readonly Absence[]): readonly Absence[] {
  const apart: Absence[] = [];
  for (const one of all.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = apart.at(-1);
    if (last === undefined || one.fromMs > last.toMs) apart.push(one);
    else apart[apart.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, one.toMs) };
  }
  return apart;
}

/** What became of an operation, and when its client reads it. */
interface End {
  readonly settledMs: number;
  readonly outcome: Outcome;
  readonly code: string;
  readonly servedMs: number | undefined;
}

class Client {
  readonly rows: Row[] = [];
  readonly unconnected: Absence[] = [];
  readonly server: Server;
  readonly #world: World;
  readonly #unit: number;
  readonly #random: Random;
  /** Operations that were sent, with the end that they will have. */
  #under: Row[] = [];
  /** Without a connection from here to there. */
  #broken: Absence = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  /** Ends that break the connection once the client reads them. */
  #breaks: number[] = [];

  constructor(world: World, unit: number) {
    this.#world = world;
    this.#unit = unit;
    this.#random = createRandom(world.seed * 31 + unit);
    this.server = createServer(world, unit, this.#random);
  }

  due(i: number, dueMs: number): void {
    const { inFlight } = this.#world;
    const awakeMs = this.awake(dueMs);
    const sentMs = awakeMs + 0.02 + this.#random.next() * (awakeMs > dueMs ? 0.1 : 0.8);
    this.#noticeBreaks(sentMs);
    this.#under = this.#under.filter(({ settledMs }) => settledMs > sentMs);
    const at = { unit: this.#unit, i, dueMs, sentMs };
    if (this.#under.length >= inFlight) {
      this.rows.push({ ...at, settledMs: sentMs, outcome: 'notSent', code: '', servedMs: undefined });
      return;
    }
    const row: Row = { ...at, ...this.#follow(sentMs) };
    this.#under.push(row);
    this.rows.push(row);
  }

  awake(ms: number): number {
    for (const { fromMs, toMs } of this.#world.sleeps) if (ms >= fromMs && ms < toMs) return toMs;
    return ms;
  }

  #follow(sentMs: number): End {
    const { connecting, deadlineMs } = this.#world;
    const expiresMs = sentMs + deadlineMs;
    if (sentMs < this.#broken.toMs) {
      if (connecting.how === 'failFast')
        return { settledMs: sentMs + 0.05, outcome: 'failed', code: 'NOT_CONNECTED', servedMs: undefined };
      if (this.#broken.toMs >= expiresMs) return this.#expired(expiresMs, 'failed');
    }
    const end = this.#asked(Math.max(sentMs, this.#broken.toMs), expiresMs);
    if (connecting.how !== 'each' && end.outcome !== 'ok' && end.code !== 'NOREPLICAS')
      this.#breaks.push(end.settledMs);
    return end;
  }

  #asked(writtenMs: number, expiresMs: number): End {
    const answer = this.server.ask(writtenMs);
    if (answer === undefined) return this.#expired(expiresMs, 'unknown');
    const readMs = this.awake(answer.atMs);
    // What has arrived when the client looks is read before its deadline is noticed.
    if (answer.atMs > expiresMs && readMs > this.awake(expiresMs)) return this.#expired(expiresMs, 'unknown');
    const settledMs = readMs > answer.atMs ? readMs + this.#random.next() * 0.01 : readMs;
    return { settledMs, servedMs: answer.servedMs, ...answer.says };
  }

  #expired(expiresMs: number, outcome: Outcome): End {
    const settledMs = this.awake(expiresMs + this.#random.next() * 1.5) + 0.02;
    return { settledMs, outcome, code: 'TIMEOUT', servedMs: undefined };
  }

  /** The connection broke when the client read the end of an operation: all others on it end too, and it tries again. */
  #noticeBreaks(nowMs: number): void {
    const { connecting } = this.#world;
    if (connecting.how === 'each') return;
    const broke = this.#breaks.filter((ms) => ms <= nowMs).sort((a, b) => a - b);
    this.#breaks = this.#breaks.filter((ms) => ms > nowMs);
    for (const fromMs of broke) {
      if (fromMs < this.#broken.toMs) continue;
      for (const row of this.#under) this.#cutOff(row, fromMs);
      let toMs = fromMs;
      let answer: number | undefined;
      while (answer === undefined && toMs < this.#world.endMs + 60_000) {
        const { leastBackoffMs, mostBackoffMs } = connecting;
        toMs = this.awake(toMs + leastBackoffMs + this.#random.next() * (mostBackoffMs - leastBackoffMs));
        answer = this.server.connect(toMs);
      }
      this.#broken = { fromMs, toMs: answer === undefined ? Number.POSITIVE_INFINITY : this.awake(answer) };
      this.unconnected.push(this.#broken);
    }
  }

  #cutOff(row: Row, ms: number): void {
    if (row.settledMs <= ms || row.sentMs >= ms) return;
    Object.assign(row, { settledMs: ms + 0.01, outcome: 'unknown', code: 'EOF', servedMs: undefined });
  }
}

function runClient(world: World, unit: number): Client {
  const client = new Client(world, unit);
  const firstMs = (unit * world.spacingMs) / world.units.length;
  let i = 0;
  for (let dueMs = firstMs; dueMs < world.endMs; dueMs += world.spacingMs) {
    if (world.paused.some(({ fromMs, toMs }) => dueMs >= fromMs && dueMs < toMs)) continue;
    client.due(i++, dueMs);
  }
  return client;
}

function columns(rows: readonly Row[], world: World): Ops {
  const settled = rows.toSorted((a, b) => a.settledMs - b.settledMs);
  const errorCodes = ['', ...new Set(rows.map(({ code }) => code).filter((code) => code !== ''))];
  const { spacingMs, deadlineMs } = world;
  const units = world.units.map((_, at) => `unit-${at}`);
  const header = {
    v: 1,
    workload: 'writes',
    kind: 'simulated',
    client: 'oracle',
    units,
    spacingMs,
    deadlineMs,
  } as const;
  const ops = {
    i: new Uint32Array(rows.length),
    unit: new Uint16Array(rows.length),
    dueMs: new Float64Array(rows.length),
    sentMs: new Float64Array(rows.length),
    settledMs: new Float64Array(rows.length),
    outcome: new Uint8Array(rows.length),
    error: new Uint16Array(rows.length),
  };
  for (const [at, row] of settled.entries()) {
    ops.i[at] = row.i;
    ops.unit[at] = row.unit;
    ops.dueMs[at] = micros(row.dueMs);
    ops.sentMs[at] = micros(row.sentMs);
    ops.settledMs[at] = micros(row.settledMs);
    ops.outcome[at] = OUTCOMES.indexOf(row.outcome);
    ops.error[at] = errorCodes.indexOf(row.code);
  }
  const count = rows.length;
  return { header: { ...header, ledger: false, okMeans: 'served' }, count, ...ops, errorCodes, truncatedLines: 0 };
}

/** As they are written into a file. */
function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
