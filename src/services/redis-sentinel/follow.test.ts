import { describe, expect, it } from 'vitest';
import type { RedisFacts } from '../../clients/redis-topology.ts';
import { changes } from './follow.ts';

const primary: RedisFacts = {
  role: 'primary',
  primary: undefined,
  linkUp: false,
  offset: 1,
  replicas: [],
  acceptsWrites: true,
};
const replica: RedisFacts = {
  role: 'replica',
  primary: 'redis-1',
  linkUp: true,
  offset: 1,
  replicas: [],
  acceptsWrites: false,
};
const marks = (before: RedisFacts | undefined, now: RedisFacts): string[] =>
  changes(before, now).map(({ mark }) => mark);

describe('what two readings of a node tell', () => {
  it('nothing, of the first one and of two that are alike', () => {
    expect(marks(undefined, primary)).toEqual([]);
    expect(marks(primary, primary)).toEqual([]);
    expect(marks(replica, replica)).toEqual([]);
  });

  it('a promotion that refuses writes until a replica is there', () => {
    expect(marks(replica, { ...primary, acceptsWrites: false })).toEqual(['promoted', 'refuses-writes']);
    expect(marks({ ...primary, acceptsWrites: false }, primary)).toEqual(['accepts-writes']);
  });

  it('a promotion that takes writes at once', () => {
    expect(marks(replica, primary)).toEqual(['promoted', 'accepts-writes']);
  });

  it('a primary that has lost its replicas', () => {
    expect(marks(primary, { ...primary, acceptsWrites: false })).toEqual(['refuses-writes']);
  });

  it('no willingness to take writes where that is not known', () => {
    const unknown = { ...primary, acceptsWrites: undefined };
    expect(marks(replica, unknown)).toEqual(['promoted']);
    expect(marks(unknown, primary)).toEqual([]);
    expect(marks({ ...primary, acceptsWrites: false }, unknown)).toEqual([]);
  });

  it('a demotion, and the link of the new replica', () => {
    expect(marks(primary, { ...replica, linkUp: false })).toEqual(['demoted']);
    expect(marks({ ...replica, linkUp: false }, replica)).toEqual(['attached']);
    expect(marks(replica, { ...replica, primary: 'redis-2' })).toEqual(['attached']);
  });
});
