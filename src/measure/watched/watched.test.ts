import { describe, expect, it } from 'vitest';
import type { EventBody, Journal, JournalEvent } from '../../core/journal.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Ops, OUTCOMES } from '../../core/outcome.ts';
import type { Watched } from '../../core/watched.ts';
import { watchedIn } from './watched.ts';

const probes = [
  { name: 'redis.topology', kind: 'redis.topology', tolerance: { fields: { acceptingWrites: 1 } } },
  { name: 'redis.clients', kind: 'redis.clients', tolerance: { fields: {} } },
];

/** Watched from 1 s to 100 s of the run. */
function watched(...events: readonly JournalEvent[]): Watched {
  return watchedWith({}, ...events);
}

function watchedWith(ops: Journal['ops'], ...events: readonly JournalEvent[]): Watched {
  const phase = (name: 'method' | 'drain', atMs: number): JournalEvent => {
    return { type: 'phase', phase: name, state: 'begin', atMs };
  };
  const all = [phase('method', 1000), ...events.toSorted((a, b) => a.atMs - b.atMs), phase('drain', 100_000)];
  const run = { watch: { writes: false }, drill: { steadyStateHypothesis: { title: '', probes } } };
  const seen = watchedIn({ run, events: all, ops, readBacks: {} } as unknown as Journal);
  if (seen === undefined) throw new Error('it was no watch');
  return seen;
}

function at(atMs: number, event: EventBody): JournalEvent {
  return { ...event, atMs };
}

function mark(atMs: number, name: string, source = 'sentinel-1', detail = 'master mymaster'): JournalEvent {
  return at(atMs, { type: 'mark', mark: name, source, detail });
}

function reading(atMs: number, probe: string, value: JsonObject): JournalEvent {
  return at(atMs, { type: 'probe', probe, startedMs: atMs - 10, value });
}

/** Every 20 ms one is acknowledged within a millisecond, or refused in these spans. */
function writes(...refused: readonly (readonly [fromMs: number, toMs: number])[]): Journal['ops'] {
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

function census(atMs: number, primary: string | null, named: JsonObject, behind: readonly string[] = []): JournalEvent {
  const names = behind.map((client) => {
    const [name = '', node = '', address = ''] = client.split(' ');
    return { name, node, address, library: '' };
  });
  return reading(atMs, 'redis.clients', { primary, named, names });
}

describe('what a watch has seen', () => {
  it('is nothing where nothing happened, and no watch where more was done', () => {
    expect(watched(reading(2000, 'redis.topology', { acceptingWrites: 1 }))).toEqual({
      fromMs: 1000,
      toMs: 100_000,
      writes: false,
      begunBefore: [],
      episodes: [],
      stutters: [],
    });
    expect(watchedIn({ run: {}, events: [] } as unknown as Journal)).toBeUndefined();
  });

  it('had begun before, where servers spoke of a failure while health was learnt', () => {
    const { begunBefore } = watched(
      mark(300, 'attached'),
      mark(500, '+sdown'),
      mark(600, '+sdown'),
      mark(900, '+switch-master'),
    );
    expect(begunBefore.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['+sdown', 500],
      ['+switch-master', 900],
    ]);
  });

  it('is an episode for signs that belong together, with the first as its zero', () => {
    const { episodes } = watched(
      mark(20_000, '+sdown'),
      mark(21_000, '+switch-master'),
      mark(31_000, 'demoted', 'redis-1', 'replica of redis-2'),
      mark(60_000, '+sdown', 'sentinel-1', 'slave redis-3'),
    );
    expect(episodes.map(({ kind, fromMs, toMs }) => ({ kind, fromMs, toMs }))).toEqual([
      { kind: 'failover', fromMs: 20_000, toMs: 31_000 },
      { kind: 'disturbance', fromMs: 60_000, toMs: 60_000 },
    ]);
    expect(episodes[0]?.begunBy?.name).toBe('+sdown');
  });

  it('names the brokers between which leaders moved, each pair once', () => {
    const { episodes } = watched(
      mark(20_000, '-broker', 'broker-3', 'broker-1 fenced'),
      mark(
        20_100,
        '+leader',
        'broker-3',
        'broker-2 orders/0 (epoch 5, was broker-1), orders/3 (epoch 2, was broker-1)',
      ),
      mark(20_200, '+leader', 'broker-3', 'broker-3 orders/1 (epoch 9, was broker-1)'),
    );
    expect(episodes[0]).toMatchObject({
      kind: 'failover',
      moves: [
        { from: 'broker-1', to: 'broker-2', atMs: 20_100 },
        { from: 'broker-1', to: 'broker-3', atMs: 20_200 },
      ],
    });
  });

  it('bounds what probes saw by the readings around it, and passes over those that failed', () => {
    const topology = (atMs: number, acceptingWrites: number): JournalEvent =>
      reading(atMs, 'redis.topology', { acceptingWrites });
    const failed = at(10_300, { type: 'probe', probe: 'redis.topology', startedMs: 10_250, error: 'no answer' });
    const { episodes } = watched(
      topology(10_000, 1),
      topology(10_200, 0),
      failed,
      topology(11_400, 0),
      topology(11_600, 1),
    );
    expect(episodes[0]?.outages).toEqual([
      {
        by: 'redis.topology',
        from: 'probe',
        what: 'expected acceptingWrites 1, is acceptingWrites 0',
        fromMs: 9990,
        toMs: 11_600,
        lowMs: 1190,
        highMs: 1610,
      },
    ]);
  });

  it('says of an outage that is not over how long it was at least', () => {
    const { episodes } = watched(
      reading(10_000, 'redis.topology', { acceptingWrites: 1 }),
      reading(10_200, 'redis.topology', { acceptingWrites: 0 }),
      reading(99_000, 'redis.topology', { acceptingWrites: 0 }),
    );
    expect(episodes[0]).toMatchObject({ kind: 'disturbance', toMs: 100_000 });
    expect(episodes[0]?.outages[0]).toMatchObject({ toMs: undefined, highMs: undefined, lowMs: 88_790 });
  });
});

describe('stutters', () => {
  it('are told one by one, and are no episode however soon they follow each other', () => {
    const { episodes, stutters } = watchedWith(writes([10_000, 10_100], [18_000, 18_100], [30_000, 30_100]));
    expect(episodes).toEqual([]);
    expect(stutters.map(({ by, what, fromMs }) => [by, what, fromMs])).toEqual([
      ['writes', 'mymaster', 9980],
      ['writes', 'mymaster', 17_980],
      ['writes', 'mymaster', 29_980],
    ]);
    for (const { lowMs, highMs } of stutters) expect([lowMs, highMs]).toEqual([79, 121]);
  });

  it('are readings that deviated for a moment, too', () => {
    const topology = (atMs: number, acceptingWrites: number): JournalEvent =>
      reading(atMs, 'redis.topology', { acceptingWrites });
    const { episodes, stutters } = watched(topology(10_000, 1), topology(10_200, 0), topology(10_400, 1));
    expect(episodes).toEqual([]);
    expect(stutters).toMatchObject([{ by: 'redis.topology', from: 'probe', fromMs: 9990, toMs: 10_400 }]);
  });

  it('belong to an episode that they are in or beside, and lengthen no other', () => {
    const { episodes, stutters } = watchedWith(
      writes([8000, 8100], [19_000, 19_100], [20_500, 20_600], [25_000, 25_100]),
      mark(20_000, '+try-failover'),
      mark(21_000, '+switch-master'),
    );
    expect(episodes.map(({ fromMs, toMs, outages }) => [fromMs, toMs, outages.length])).toEqual([[18_980, 21_000, 2]]);
    expect(stutters.map(({ fromMs }) => fromMs)).toEqual([7980, 24_980]);
  });

  it('are none that last: outages without a word of any server are an episode', () => {
    const { episodes, stutters } = watchedWith(writes([10_000, 12_000], [20_000, 22_000], [60_000, 62_000]));
    expect(episodes.map(({ kind, fromMs, toMs }) => ({ kind, fromMs, toMs }))).toEqual([
      { kind: 'disturbance', fromMs: 9980, toMs: 22_001 },
      { kind: 'disturbance', fromMs: 59_980, toMs: 62_001 },
    ]);
    expect(stutters).toEqual([]);
  });
});

describe('whom a census followed', () => {
  it('names who followed, who came late, who is left behind, and who is nowhere', () => {
    const { episodes } = watched(
      census(9000, 'redis-1', { web: 3, batch: 1, slow: 1, '10.0.0.7': 2, old: 1 }, ['reader redis-3 10.0.0.9:1']),
      mark(10_000, '+switch-master'),
      census(10_050, 'redis-1', {}),
      census(10_100, null, {}),
      census(10_300, 'redis-2', {}, ['web redis-1 10.0.0.5:1', 'slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:1']),
      census(10_600, 'redis-2', { web: 3 }, ['slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:2']),
      census(13_000, 'redis-2', { web: 3, '10.0.0.7': 2 }, ['slow redis-1 10.0.0.6:1', 'old redis-1 10.0.0.8:3']),
      census(99_000, 'redis-2', { web: 2, slow: 1, '10.0.0.7': 2 }, [
        'reader redis-3 10.0.0.9:1',
        'old redis-1 10.0.0.8:4',
      ]),
    );
    expect(episodes[0]?.moves).toEqual([{ from: 'redis-1', to: 'redis-2', atMs: 10_300 }]);
    expect(episodes[0]?.clients).toEqual({
      followed: [
        { name: 'web', before: 3, after: 2, withinMs: 300 },
        { name: 'slow', before: 1, after: 1, withinMs: 88_700 },
        { name: '10.0.0.7', before: 2, after: 2, withinMs: 2700 },
      ],
      leftBehind: [
        { name: 'slow', address: '10.0.0.6:1', library: '', node: 'redis-1', forMs: 2700, still: false },
        { name: 'old', address: '10.0.0.8:4', library: '', node: 'redis-1', forMs: 88_700, still: true },
      ],
      gone: [{ name: 'batch', before: 1 }],
    });
  });

  it('is a failover even where no server said a word of it', () => {
    const { episodes } = watched(census(9000, 'redis-1', { web: 1 }), census(10_300, 'redis-2', { web: 1 }));
    expect(episodes).toMatchObject([
      { kind: 'failover', fromMs: 10_300, moves: [{ from: 'redis-1', to: 'redis-2', atMs: 10_300 }] },
    ]);
  });

  it('judges each of two moves by what came before the next', () => {
    const { episodes } = watched(
      census(9000, 'redis-1', { web: 1 }),
      mark(10_000, '+switch-master'),
      census(10_300, 'redis-2', { web: 1 }),
      mark(40_000, '+switch-master'),
      census(40_300, 'redis-1', {}, ['web redis-2 10.0.0.5:1']),
    );
    expect(episodes.map(({ moves }) => moves.map(({ from, to }) => `${from} ${to}`))).toEqual([
      ['redis-1 redis-2'],
      ['redis-2 redis-1'],
    ]);
    expect(episodes[0]?.clients?.followed).toEqual([{ name: 'web', before: 1, after: 1, withinMs: 0 }]);
    expect(episodes[1]?.clients?.leftBehind).toMatchObject([{ name: 'web', node: 'redis-2', still: true }]);
  });
});
