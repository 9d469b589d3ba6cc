import { describe, expect, it } from 'vitest';
import { createFirstSaid } from './first-said.ts';

/** What is told of marks, each as `mark source detail`. */
function told(...marks: readonly string[]): string[] {
  const isFirst = createFirstSaid();
  return marks.filter((text) => {
    const [mark = '', source = '', ...detail] = text.split(' ');
    return isFirst({ type: 'mark', mark, source, detail: detail.join(' ') });
  });
}

describe('what Sentinels say', () => {
  it('is told once, by the first of them', () => {
    expect(
      told(
        '+sdown s-2 master m redis-1',
        '+sdown s-1 master m redis-1',
        '+odown s-1 master m redis-1 #quorum 2/2',
        '+sdown s-3 master m redis-1',
        '+odown s-3 master m redis-1 #quorum 3/2',
      ),
    ).toEqual(['+sdown s-2 master m redis-1', '+odown s-1 master m redis-1 #quorum 2/2']);
  });

  it('is told again when one of them says it again, and of another node', () => {
    expect(
      told(
        '+sdown s-1 slave a',
        '+sdown s-2 slave a',
        '+sdown s-1 slave b',
        '+sdown s-2 slave a',
        '+sdown s-1 slave a',
      ),
    ).toEqual(['+sdown s-1 slave a', '+sdown s-1 slave b', '+sdown s-2 slave a']);
  });

  it('is told of each node that speaks of itself', () => {
    expect(told('promoted redis-2 x', 'promoted redis-3 x')).toHaveLength(2);
  });
});
