import type { LiveCounters } from '../core/journal.ts';
import type { Outcome } from '../core/outcome.ts';
import { LatencyEstimate } from './open-loop-latency.ts';

export interface CountersOptions {
  readonly units: number;
  /** Between two operations of a unit. */
  readonly spacingMs: number;
  /** A longer silence always counts: a consumer that works off what has piled up has latencies of any length. */
  readonly mostSilenceMs?: number;
}

interface UnitState {
  lastOkMs: number | undefined;
  okSinceMs: number | undefined;
}

/**
 * Live numbers of a workload. It is ok since all of its units are: a not-ok operation ends the stretch of a unit, and
 * so does a silence longer than max(5 × spacing, 3 × the p99 so far).
 */
export class Counters {
  readonly #units: readonly UnitState[];
  readonly #latency = new LatencyEstimate();
  readonly #counts: Record<Outcome, number> = { ok: 0, failed: 0, unknown: 0, notSent: 0 };
  readonly #mostSilenceMs: number;
  #spacingMs: number;
  #lastOkMs: number | undefined;
  #lastBadMs: number | undefined;
  #lastError: string | undefined;
  #silenceAllowed = false;

  constructor(options: CountersOptions) {
    this.#units = Array.from({ length: options.units }, () => ({ lastOkMs: undefined, okSinceMs: undefined }));
    this.#spacingMs = options.spacingMs;
    this.#mostSilenceMs = options.mostSilenceMs ?? Number.POSITIVE_INFINITY;
  }

  setSpacing(spacingMs: number): void {
    this.#spacingMs = spacingMs;
  }

  /** While nothing is sent on purpose, silence says nothing. */
  allowSilence(allowed: boolean): void {
    this.#silenceAllowed = allowed;
    for (const unit of this.#units) unit.lastOkMs = undefined;
  }

  add(op: { unit: number; sentMs: number; settledMs: number; outcome: Outcome; errorCode?: string | undefined }): void {
    this.#counts[op.outcome] += 1;
    const unit = this.#units[op.unit];
    if (unit === undefined) return;
    if (op.outcome === 'ok') {
      this.#latency.add(op.settledMs - op.sentMs);
      this.#noticeSilence(unit, op.settledMs);
      unit.okSinceMs ??= op.settledMs;
      unit.lastOkMs = op.settledMs;
      this.#lastOkMs = op.settledMs;
    } else {
      this.#bad(unit, op.settledMs);
      this.#lastError = op.errorCode ?? op.outcome;
    }
  }

  read(nowMs: number): LiveCounters {
    for (const unit of this.#units) this.#noticeSilence(unit, nowMs);
    const since = this.#units.map((unit) => unit.okSinceMs);
    const all = since.every((ms) => ms !== undefined);
    return {
      ...this.#counts,
      lastOkMs: this.#lastOkMs,
      okSinceMs: all ? Math.max(...since) : undefined,
      lastBadMs: this.#lastBadMs,
      lastError: this.#lastError,
    };
  }

  #noticeSilence(unit: UnitState, nowMs: number): void {
    if (this.#silenceAllowed || unit.lastOkMs === undefined) return;
    const floorMs = Math.max(5 * this.#spacingMs, Math.min(3 * this.#latency.p99(), this.#mostSilenceMs));
    if (nowMs - unit.lastOkMs > floorMs) this.#bad(unit, nowMs);
  }

  #bad(unit: UnitState, atMs: number): void {
    unit.okSinceMs = undefined;
    this.#lastBadMs = atMs;
  }
}
