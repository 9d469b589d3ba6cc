import { describe, expect, it } from 'vitest';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { redisSentinelNodes } from './topology.ts';
import { WORDS } from './words.ts';

function plannedWith(settings: Parameters<typeof planned>[1]['settings']) {
  const spec = { name: 'redis-sentinel', settings, basePort: 6301 };
  return planned(redisSentinelNodes(spec), spec);
}

describe('a Redis cluster before it exists', () => {
  it('has its first node as primary, for every word', () => {
    const { view } = plannedWith({});
    const resolved = Object.fromEntries(Object.entries(WORDS).map(([word, { resolve }]) => [word, resolve(view)]));
    expect(resolved).toMatchObject({ 'redis-primary': ['redis-1'], 'redis-replicas': ['redis-2', 'redis-3'] });
    expect(Object.values(resolved).filter((nodes) => nodes.length === 0)).toEqual([]);
  });

  it('is predicted as a live one with the same settings', () => {
    const { view, settings } = plannedWith({ sentinel: { 'down-after-milliseconds': 3000 } });
    const question = { fault: 'process.kill', params: {}, targets: ['redis-1'], view, settings };
    expect(predict(question)).toMatchObject({
      lowMs: 3300,
      inputs: { 'down-after-milliseconds': 3000, 'min-replicas-to-write': 1 },
    });
    expect(predict({ ...question, targets: ['redis-2'] })).toHaveProperty('because');
  });

  it('has as many nodes as its topology says', () => {
    const { view, settings } = plannedWith({ topology: { replicas: 1, sentinels: 5 } });
    expect(Object.keys(view.roles)).toHaveLength(7);
    expect(settings).toMatchObject({ redis: { 'redis-2': { 'min-replicas-to-write': 1 } } });
  });
});
