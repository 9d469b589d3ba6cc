// A journal of a watch in few words, and what is seen in it.
import type { EventBody, Journal, JournalEvent } from '../../core/journal.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Ops, OUTCOMES } from '../../core/outcome.ts';
import type { Watched } from '../../core/watched.ts';
import { watchedIn } from '../watched/watched.ts';

const probes = [
  { name: 'redis.topology', kind: 'redis.topology', tolerance: { fields: { acceptingWrites: 1 } } },
  { name: 'redis.clients', kind: 'redis.clients', tolerance: { fields: {} } },
  { name: 'kafka.replication', kind: 'kafka.replication', tolerance: { fields: { offline: 0 } } },
];

/** Watched from 1 s to 100 s of the run. */
export function watched(...events: readonly JournalEvent[]): Watched {
  return watchedWith({}, ...events);
}

export function watchedWith(ops: Journal['ops'], ...events: readonly JournalEvent[]): Watched {
  const phase = (name: 'method' | 'drain', atMs: number): JournalEvent => {
    return { type: 'phase', phase: name, state: 'begin', atMs };
  };
  const all = [phase('method', 1000), ...events.toSorted((a, b) => a.atMs - b.atMs), phase('drain', 100_000)];
  const run = { watch: { writes: false }, drill: { steadyStateHypothesis: { title: '', probes } } };
  const seen = watchedIn({ run, events: all, ops, readBacks: {} } as unknown as Journal);
  if (seen === undefined) throw new Error('it was no watch');
  return seen;
}

export function at(atMs: number, event: EventBody): JournalEvent {
  return { ...event, atMs };
}

export function mark(atMs: number, name: string, source = 'sentinel-1', detail = 'master mymaster'): JournalEvent {
  return at(atMs, { type: 'mark', mark: name, source, detail });
}

export function reading(atMs: number, probe: string, value: JsonObject): JournalEvent {
  return at(atMs, { type: 'probe', probe, startedMs: atMs - 10, value });
}

/** Every 20 ms one is acknowledged within a millisecond, or refused in these spans. */
export function writes(...refused: readonly (readonly [fromMs: number, toMs: number])[]): Journal['ops'] {
  const sentMs = Float64Array.from({ length: 5000 }, (_, i) => i * 20);
  const isRefused = (ms: number): boolean => refused.some(([fromMs, toMs]) => ms >= fromMs && ms < toMs);
  const ops: Ops = {
    header: {
      v: 1,
      workload: 'writes',
      kind: 'redis.ledger',
      client: 'oracle',
      units: ['mymaster'],
      spacingMs: 20,
      deadlineMs: 1000,
      ledger: true,
      okMeans: 'WAIT 1',
    },
    count: sentMs.length,
    i: Uint32Array.from(sentMs.keys()),
    unit: new Uint16Array(sentMs.length),
    dueMs: sentMs,
    sentMs,
    settledMs: sentMs.map((ms) => ms + 1),
    outcome: Uint8Array.from(sentMs, (ms) => OUTCOMES.indexOf(isRefused(ms) ? 'failed' : 'ok')),
    error: Uint16Array.from(sentMs, (ms) => (isRefused(ms) ? 1 : 0)),
    errorCodes: ['', 'ECONNREFUSED'],
    truncatedLines: 0,
  };
  return { writes: ops };
}

export function census(
  atMs: number,
  primary: string | null,
  named: JsonObject,
  behind: readonly string[] = [],
): JournalEvent {
  const names = behind.map((client) => {
    const [name = '', node = '', address = ''] = client.split(' ');
    return { name, node, address, library: '' };
  });
  return reading(atMs, 'redis.clients', { primary, named, names });
}
