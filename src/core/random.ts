/** Seeded randomness (mulberry32): the same seed gives the same targets, and the seed stands in the result. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  pick<T>(items: readonly T[]): T | undefined;
  /** `count` of them, in the order in which they stand. */
  sample<T>(items: readonly T[], count: number): readonly T[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const sample = <T>(items: readonly T[], count: number): readonly T[] => {
    const order = items.map((item, at) => ({ item, at, key: next() })).sort((a, b) => a.key - b.key);
    return order
      .slice(0, count)
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  };
  return { next, sample, pick: (items) => items[Math.floor(next() * items.length)] };
}
