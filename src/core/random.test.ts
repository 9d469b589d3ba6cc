import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('seeded randomness', () => {
  it('is the same for the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('picks every item about as often', () => {
    const random = createRandom(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const item = random.pick(['a', 'b', 'c']) ?? '';
      counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    for (const item of ['a', 'b', 'c']) expect(counts.get(item)).toBeGreaterThan(850);
  });

  it('samples without repeats, in the order in which they stand', () => {
    const random = createRandom(3);
    for (let i = 0; i < 50; i++) {
      const some = random.sample([1, 2, 3, 4, 5], 3);
      expect(some).toHaveLength(3);
      expect(some).toEqual([...new Set(some)].toSorted((a, b) => a - b));
    }
  });
});
