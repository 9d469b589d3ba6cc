// A server and an open-loop client in virtual time. What the server was is known here, so that what was measured can be
// held against the truth.
import { type Ops, type OpsHeader, OUTCOMES, type Outcome } from '../src/core/outcome.ts';
import { createRandom, type Random } from '../src/core/random.ts';

/** How the server is out of service. */
export type Mode =
  | 'refuse' // a dead process: connections end, new ones are refused
  | 'hang' // suspended: what arrives waits, and is served at the end if anybody still waits
  | 'lose' // cut off: what arrives is gone, and so are answers under way
  | 'error' // answers, and the answer is no
  | 'slowError' // says no only after a while
  | 'hangThenClose' // waits, and then the connection ends
  | 'mixed'; // any of them, for each operation anew
export const MODES: readonly Mode[] = ['refuse', 'hang', 'lose', 'error', 'slowError', 'hangThenClose', 'mixed'];

export interface Outage {
  readonly fromMs: number;
  /** Infinity = it never comes back. */
  readonly toMs: number;
  readonly mode: Mode;
}
export interface World {
  readonly seed: number;
  readonly spacingMs: number;
  readonly deadlineMs: number;
  readonly inFlight: number;
  readonly endMs: number;
  readonly outages: readonly Outage[];
  readonly latency: Latency;
  /** Spells in which the client itself does nothing. */
  readonly stalls: readonly { readonly fromMs: number; readonly toMs: number }[];
}
export interface Latency {
  readonly oneWayMs: number;
  /** Mean of what comes on top, exponentially distributed. */
  readonly jitterMs: number;
  /** Share of operations that are slow for no reason, and by how much at most. */
  readonly stragglers: number;
  readonly stragglerMs: number;
}

export interface Simulated {
  readonly ops: Ops;
  /** When the server served each operation that was acknowledged. */
  readonly servedAtMs: readonly number[];
}

interface Row {
  readonly i: number;
  readonly due: number;
  readonly sent: number;
  readonly settled: number;
  readonly outcome: Outcome;
  readonly code: string;
  readonly served?: number | undefined;
}

export function simulate(world: World): Simulated {
  const random = createRandom(world.seed);
  const rows: Row[] = [];
  let waiting: number[] = [];
  for (let i = 0; i * world.spacingMs < world.endMs; i++) {
    const due = i * world.spacingMs;
    const awake = afterStall(due, world);
    const sent = awake + 0.02 + random.next() * (awake > due ? 0.2 : 0.8);
    waiting = waiting.filter((settled) => settled > sent);
    const row: Row =
      waiting.length < world.inFlight
        ? send({ i, due, sent }, world, random)
        : { i, due, sent, settled: sent, outcome: 'notSent', code: 'NOT_SENT' };
    rows.push(row);
    if (row.outcome !== 'notSent') waiting.push(row.settled);
  }
  return { ops: columns(rows, world), servedAtMs: rows.flatMap(({ served }) => served ?? []).sort((a, b) => a - b) };
}

function afterStall(ms: number, { stalls }: World): number {
  return stalls.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)?.toMs ?? ms;
}

/** Follows one operation to its end. An answer that has arrived is read before a deadline is noticed, also after a stall. */
function send(at: Pick<Row, 'i' | 'due' | 'sent'>, world: World, random: Random): Row {
  const expires = at.sent + world.deadlineMs;
  const fate = fateOf(at.sent + oneWay(world, random), world, random);
  const timeout = afterStall(expires + random.next() * 1.5, world);
  const heard = fate.at ?? Number.POSITIVE_INFINITY;
  const settled = Number.isFinite(heard) ? afterStall(heard, world) : heard;
  if (settled <= timeout || heard < expires) {
    return { ...at, settled, outcome: fate.outcome, code: fate.code, served: fate.served };
  }
  // Some never had a connection to be written to.
  const outcome = fate.code === NEVER && random.next() < 0.3 ? 'failed' : 'unknown';
  return { ...at, settled: timeout + 0.01, outcome, code: 'TIMEOUT' };
}

const NEVER = 'NEVER';

interface Fate {
  /** When its answer, or the end of its connection, arrives; undefined = never. */
  readonly at: number | undefined;
  readonly outcome: Outcome;
  readonly code: string;
  readonly served?: number;
}

function fateOf(arrives: number, world: World, random: Random): Fate {
  const answerIn = oneWay(world, random);
  const out = world.outages.find(({ fromMs, toMs }) => arrives >= fromMs && arrives < toMs);
  if (out === undefined) return servedAt(arrives, answerIn, { world, random });
  const mode = out.mode === 'mixed' ? (random.pick(MODES.slice(0, -1)) ?? 'lose') : out.mode;
  const kind = failing(mode, arrives, { out, random });
  if (kind !== 'served at the end') return kind;
  if (out.toMs === Infinity) return { at: undefined, outcome: 'unknown', code: 'TIMEOUT' };
  return fateOf(out.toMs + random.next() * 2, world, random);
}

function failing(
  mode: Mode,
  arrives: number,
  { out, random }: { out: Outage; random: Random },
): Fate | 'served at the end' {
  switch (mode) {
    case 'refuse':
      return { at: arrives + random.next() * 0.5, outcome: 'failed', code: 'ECONNREFUSED' };
    case 'lose':
      return { at: undefined, outcome: 'unknown', code: NEVER };
    case 'error':
      return { at: arrives + random.next() * 2, outcome: 'failed', code: 'NOREPLICAS' };
    case 'slowError':
      return { at: arrives + 20 + random.next() * 200, outcome: 'unknown', code: 'WAIT_SHORT' };
    case 'hangThenClose': {
      const closes =
        out.toMs === Infinity ? arrives + 500 : Math.max(arrives, out.fromMs + (out.toMs - out.fromMs) * 0.7);
      return { at: closes + random.next() * 3, outcome: 'unknown', code: 'ECONNRESET' };
    }
    default:
      return 'served at the end';
  }
}

/** The answer may still be lost on its way when an outage begins under it. */
function servedAt(served: number, answerIn: number, { world, random }: { world: World; random: Random }): Fate {
  const under = world.outages.find(({ fromMs }) => fromMs > served && fromMs < served + answerIn);
  const ok: Fate = { at: served + answerIn, outcome: 'ok', code: '', served };
  if (under === undefined || under.mode === 'hang' || under.mode === 'error' || under.mode === 'slowError') return ok;
  if (random.next() < 0.3) return ok;
  if (under.mode === 'refuse') return { at: under.fromMs + random.next(), outcome: 'unknown', code: 'ECONNRESET' };
  return { at: undefined, outcome: 'unknown', code: 'TIMEOUT' };
}

function oneWay({ latency }: World, random: Random): number {
  const slow = random.next() < latency.stragglers / 2 ? random.next() * latency.stragglerMs : 0;
  return latency.oneWayMs - Math.log(1 - random.next()) * latency.jitterMs + slow;
}

function columns(rows: readonly Row[], world: World): Ops {
  const inOrder = [...rows].sort((a, b) => a.settled - b.settled);
  const errorCodes = ['', ...new Set(rows.map(({ code }) => code).filter((code) => code !== ''))];
  return {
    header: headerOf(world),
    count: rows.length,
    i: Uint32Array.from(inOrder, ({ i }) => i),
    unit: new Uint16Array(rows.length),
    dueMs: Float64Array.from(inOrder, ({ due }) => due),
    sentMs: Float64Array.from(inOrder, ({ sent }) => sent),
    settledMs: Float64Array.from(inOrder, ({ settled }) => settled),
    outcome: Uint8Array.from(inOrder, ({ outcome }) => OUTCOMES.indexOf(outcome)),
    error: Uint16Array.from(inOrder, ({ code }) => errorCodes.indexOf(code)),
    errorCodes,
    truncatedLines: 0,
  };
}

function headerOf({ spacingMs, deadlineMs }: World): OpsHeader {
  const named = { v: 1, workload: 'writes', kind: 'simulated', client: 'oracle', units: ['one'] } as const;
  return { ...named, spacingMs, deadlineMs, ledger: true, okMeans: 'served' };
}
