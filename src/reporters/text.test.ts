import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, dotted, oneLine, padEnd, padStart, printable, truncate, unbroken, wrap } from './text.ts';

const anyText = fc.string({ unit: 'binary' });

describe('printable', () => {
  it.each([
    ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
    ['text that is shown backwards', 'a\u202eb', 'a\\u{202e}b'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['a null and a C1 control', '\u0000\u009b', '\\u{0}\\u{9b}'],
    ['the newlines of others', 'a\r\nb\rc', 'a\nb\nc'],
    ['an emoji of several characters', '👩‍💻', '👩‍💻'],
  ])('shows %s', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves nothing that drives a terminal, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(oneLine(text)).not.toContain('\n');
      }),
    );
  });
});

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['Ünïcödé', 7],
    ['u\u0308', 1],
    ['主节点', 6],
    ['👩‍💻', 2],
    ['✓ ✗ ? ± …', 9],
  ])('%s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('is what padding counts', () => {
    expect(padEnd('主', 4)).toBe('主  ');
    expect(padStart('主', 4)).toBe('  主');
    expect(padEnd('too long', 3)).toBe('too long');
  });

  it('is what truncating counts', () => {
    expect(truncate('主节点', 6)).toBe('主节点');
    expect(truncate('主节点', 5)).toBe('主节…');
    expect(truncate('abc', 0)).toBe('…');
  });
});

describe('wrap', () => {
  it('breaks at spaces, and keeps the newlines of the text', () => {
    expect(wrap('one two three\nfour', 8)).toEqual(['one two', 'three', 'four']);
  });

  it('keeps a number and its unit together', () => {
    expect(wrap('recovered within 10.00 s or less', 22)).toEqual(['recovered within', '10.00 s or less']);
  });

  it('keeps what was said to be one word', () => {
    expect(wrap(`a · ${unbroken('b c')}`, 5)).toEqual(['a ·', 'b c']);
  });

  it('begins no line with a dot between two items', () => {
    expect(wrap(dotted(['a b', 'c', 'd']), 5)).toEqual(['a b ·', 'c · d']);
  });

  it('breaks a word that fits nowhere', () => {
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(wrap('主节点', 3)).toEqual(['主', '节', '点']);
  });

  it('says something for nothing', () => {
    expect(wrap('', 10)).toEqual(['']);
  });

  it('never exceeds the width and never loses a character but spaces', () => {
    fc.assert(
      fc.property(anyText.map(printable), fc.integer({ min: 2, max: 50 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(/[ \u00a0]/g, '')).toBe(text.replaceAll(/[ \u00a0\n]/g, ''));
      }),
    );
  });
});
