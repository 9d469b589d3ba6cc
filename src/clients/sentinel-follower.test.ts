import { describe, expect, it } from 'vitest';
import type { Address } from '../core/node.ts';
import { Votes } from './sentinel-follower.ts';

const at = (port: number): Address => ({ host: 'redis', port });

function election(voters: number) {
  const elected: number[] = [];
  return { elected, votes: new Votes(voters, ({ port }) => elected.push(port)) };
}

describe("the Sentinels' majority", () => {
  it('is more than half of all of them, also of those that say nothing', () => {
    const { elected, votes } = election(3);
    votes.cast('s1', at(1));
    expect(elected).toEqual([]);
    votes.cast('s2', at(1));
    expect(elected).toEqual([1]);
  });

  it('is not half', () => {
    const { elected, votes } = election(4);
    for (const voter of ['s1', 's2']) votes.cast(voter, at(1));
    expect(elected).toEqual([]);
  });

  it('is told once for an address, and again when it names another', () => {
    const { elected, votes } = election(3);
    for (const voter of ['s1', 's2', 's3', 's1']) votes.cast(voter, at(1));
    votes.cast('s1', at(2));
    expect(elected).toEqual([1]);
    votes.cast('s2', at(2));
    expect(elected).toEqual([1, 2]);
  });

  it('is the last one while there is none', () => {
    const { elected, votes } = election(3);
    for (const voter of ['s1', 's2']) votes.cast(voter, at(1));
    votes.withdraw('s1');
    votes.withdraw('s2');
    votes.cast('s3', at(2));
    expect(elected).toEqual([1]);
    votes.cast('s1', at(1));
    votes.cast('s2', at(1));
    expect(elected).toEqual([1]);
  });

  it('does not count a Sentinel that does not answer any more', () => {
    const { elected, votes } = election(3);
    votes.cast('s1', at(1));
    votes.withdraw('s1');
    votes.cast('s2', at(1));
    expect(elected).toEqual([]);
  });
});
