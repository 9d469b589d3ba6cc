import { describe, expect, it } from 'vitest';
import type { PredictQuestion } from '../../core/kinds.ts';
import { predict } from './predict.ts';

const view = { kind: 'redis-sentinel', roles: {}, facts: { primary: 'redis-1' } };
const settings = (downAfterMs: number, minReplicas = 1): PredictQuestion['settings'] => ({
  redis: { 'redis-1': { 'min-replicas-to-write': String(minReplicas) } },
  sentinel: {
    'sentinel-1': { 'down-after-milliseconds': String(downAfterMs) },
    'sentinel-2': { 'down-after-milliseconds': '1000' },
  },
});
const ask = (question: Partial<PredictQuestion>): ReturnType<typeof predict> =>
  predict({ fault: 'process.kill', params: {}, targets: ['redis-1'], view, settings: settings(5000), ...question });

describe('the predicted band of a lost primary', () => {
  it('follows the slowest Sentinel', () => {
    expect(ask({})).toMatchObject({ lowMs: 5300, highMs: 7200 });
    expect(ask({ settings: settings(30_000) })).toMatchObject({ lowMs: 30_300, highMs: 32_200 });
  });

  it('is wider where the primary is only silent', () => {
    expect(ask({ fault: 'process.pause' })).toMatchObject({ lowMs: 5300, highMs: 8200 });
    expect(ask({ fault: 'network.partition' })).toMatchObject({ lowMs: 5300, highMs: 8200 });
  });

  it('is narrower where no replica is needed to write', () => {
    expect(ask({ settings: settings(5000, 0) })).toMatchObject({ highMs: 7000 });
  });

  it.each<[string, Partial<PredictQuestion>, RegExp]>([
    ['another fault', { fault: 'network.latency' }, /no formula/],
    ['another target', { targets: ['redis-2'] }, /no failover is expected/],
    ['no primary', { view: { ...view, facts: { primary: null } } }, /no primary/],
    ['no settings', { settings: {} }, /no Sentinel said/],
  ])('says why there is none: %s', (_, question, why) => {
    expect(ask(question)).toEqual({ because: expect.stringMatching(why) });
  });
});
