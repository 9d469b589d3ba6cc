import { describe, expect, it } from 'vitest';
import type { Selector } from '../core/drill.ts';
import type { Service } from '../core/kinds.ts';
import { createRandom } from '../core/random.ts';
import { resolveTargets, type TargetContext } from './targets.ts';

const names = ['a-1', 'a-2', 'b-1', 'b-2', 'b-3'];
const service = (prefix: string): Service =>
  ({
    words: {
      members: { summary: '', resolve: () => names.filter((name) => name.startsWith(prefix)) },
      leaderOf: { summary: '', resolve: (_view: unknown, arg?: string) => [`${prefix}-${arg}`] },
      nobody: { summary: '', resolve: () => [] },
    },
  }) as unknown as Service;

function context(seed = 1): TargetContext {
  const view = { kind: 'test', roles: {}, facts: null };
  return {
    spec: {
      nodes: names.map((name, at) => ({
        name,
        service: name[0] ?? '',
        role: 'x',
        zone: at % 2 === 0 ? 'east' : 'west',
        ports: { x: at },
        program: { tool: 'x', args: [] },
      })),
      clientHosts: ['client:writes', 'client:reads'],
    },
    view: { atMs: 0, nodes: [], services: { a: view, b: view } },
    services: new Map([
      ['a', service('a')],
      ['b', service('b')],
    ]),
    random: createRandom(seed),
  };
}

describe('targets', () => {
  it.each<[string, Selector, readonly string[]]>([
    ['a node', 'a-1', ['a-1']],
    ['a list, without repeats', ['a-1', ['a-2', 'a-1']], ['a-1', 'a-2']],
    ['a zone', { zone: 'west' }, ['a-2', 'b-2']],
    ['a word, of every service that knows it', 'members', names],
    ['a word of one service', { in: 'b', is: 'members' }, ['b-1', 'b-2', 'b-3']],
    ['a word with an argument', { word: 'leaderOf', arg: '2' }, ['a-2', 'b-2']],
    ['all clients', 'clients', ['client:writes', 'client:reads']],
    ['a workload', { workload: 'reads' }, ['client:reads']],
  ])('can be %s', (_, selector, expected) => {
    expect(resolveTargets(selector, context())).toEqual(expected);
  });

  it('are a minority or a majority of what is meant', () => {
    expect(resolveTargets({ minorityOf: 'members' }, context())).toHaveLength(2);
    expect(resolveTargets({ majorityOf: 'members' }, context())).toHaveLength(3);
    expect(resolveTargets({ oneOf: 'members' }, context())).toHaveLength(1);
  });

  it('are the same for the same seed, and not always the same for others', () => {
    const pick = (seed: number): string => resolveTargets({ oneOf: 'members' }, context(seed)).join();
    expect(pick(7)).toBe(pick(7));
    expect(new Set(Array.from({ length: 40 }, (_, seed) => pick(seed))).size).toBe(names.length);
  });

  it.each<Selector>(['nobody', 'unheard-of', { zone: 'north' }, { minorityOf: 'a-1' }])(
    'say so when they are nobody: %o',
    (selector) => {
      expect(() => resolveTargets(selector, context())).toThrow(/names nobody right now/);
    },
  );
});
