import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, printable } from '../text.ts';
import { layOut } from './columns.ts';

describe('columns', () => {
  it('are as wide as they need to be where all fit', () => {
    expect(
      layOut(
        [
          ['a', 'bb', 'c'],
          ['aaa', 'b', 'c'],
        ],
        80,
      ),
    ).toEqual([['a    bb  c'], ['aaa  b   c']]);
  });

  it('take from the widest where they do not, and break between words', () => {
    const rows = [['name', 'a long text that has to be wrapped', '6.24 s']];
    expect(layOut(rows, 30)).toEqual([['name  a long text that  6.24 s', '      has to be', '      wrapped']]);
  });

  it('never exceed the width, whatever is in them', () => {
    const cell = fc.string({ unit: 'grapheme' }).map(printable);
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 5 }),
        fc.integer({ min: 20, max: 120 }),
        (rows, width) => {
          for (const line of layOut(rows, width).flat()) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('make nothing of nothing', () => {
    expect(layOut([], 80)).toEqual([]);
  });
});
