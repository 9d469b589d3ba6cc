import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { selectorSchema } from './selector.ts';

const groups = z.strictObject({ groups: z.array(selectorSchema()) });

function mistakesOf(value: unknown): string[] {
  const result = groups.safeParse({ groups: [value] });
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('a selector', () => {
  it.each([
    ['redis-primary', 'redis-primary'],
    [
      ['redis-1', { zone: 'a' }],
      ['redis-1', { zone: 'a' }],
    ],
    [{ workload: 'writes' }, { workload: 'writes' }],
    [{ oneOf: 'sentinels' }, { oneOf: 'sentinels' }],
    [{ minorityOf: ['a', 'b', 'c'] }, { minorityOf: ['a', 'b', 'c'] }],
    [{ majorityOf: { in: 'cache', is: 'sentinels' } }, { majorityOf: { in: 'cache', is: 'sentinels' } }],
    [{ leaderOf: 'orders/0' }, { word: 'leaderOf', arg: 'orders/0' }],
    [{ shardOf: 7 }, { word: 'shardOf', arg: '7' }],
  ])('%j', (value, selector) => {
    expect(groups.parse({ groups: [value] })).toEqual({ groups: [selector] });
  });

  it.each<[value: unknown, mistakes: string[]]>([
    [
      undefined,
      [
        'groups.0: expected a node, a word such as redis-primary, a list of them, or a map with one key such as { zone: a }',
      ],
    ],
    [[], ['groups.0: the list is empty: nobody is meant']],
    [
      { oneOf: [{ zone: {} }, 3] },
      [
        'groups.0.oneOf.0.zone: expected a name',
        'groups.0.oneOf.1: expected a node, a word such as redis-primary, a list of them, or a map with one key such as { zone: a }',
      ],
    ],
    [
      { zone: 'a', word: 'b' },
      [
        'groups.0: expected a node, a word such as redis-primary, a list of them, or a map with one key such as { zone: a }; this map has several',
      ],
    ],
    [
      { is: 'sentinels', zone: 'a' },
      ['groups.0.zone: "zone" cannot stand beside in and is', 'groups.0.in: "in" is missing'],
    ],
  ])('refuses %j', (value, mistakes) => {
    expect(mistakesOf(value)).toEqual(mistakes);
  });
});
