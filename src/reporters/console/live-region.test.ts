import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveRegion, FRAME_MS } from './live-region.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const told = /(\r\p{Cc}\[0J)|\p{Cc}\[(\d+)A|(\n)|(\P{Cc}+)/gu;

/** What a terminal shows after these writes: knows `\r`, `\n`, "up" and "erase below", which is all that is used. */
function screen(writes: readonly string[]): string[] {
  const lines: string[] = [''];
  let row = 0;
  for (const [, erase, up, newline, text] of writes.join('').matchAll(told)) {
    if (up !== undefined) row -= Number(up);
    else if (erase !== undefined) lines.splice(row, lines.length, '');
    else if (newline !== undefined) lines[++row] ??= '';
    else lines[row] = (text ?? '') + (lines[row] ?? '').slice((text ?? '').length);
  }
  return lines.filter((line) => line !== '');
}

describe('the live region', () => {
  it('is drawn over again in place, below the lines of the log', () => {
    const writes: string[] = [];
    let beat = 0;
    using region = createLiveRegion({
      write: (text) => writes.push(text),
      columns: () => 80,
      render: () => [`beat ${beat}`, 'second'],
    });
    for (beat = 1; beat <= 5; beat += 1) {
      if (beat % 2 === 0) region.print(`log ${beat}`);
      vi.advanceTimersByTime(FRAME_MS);
    }
    expect(screen(writes)).toEqual(['log 2', 'log 4', 'beat 5', 'second']);
  });

  it('writes at most ten times a second, however much happens, and not at all when nothing does', () => {
    const writes: string[] = [];
    let beat = 0;
    using region = createLiveRegion({
      write: (text) => writes.push(text),
      columns: () => 80,
      render: () => [`beat ${beat}`],
    });
    for (let ms = 0; ms < 2000; ms += 1) {
      beat += 1;
      region.print(`log ${ms}`);
      vi.advanceTimersByTime(1);
    }
    expect(writes.length).toBe(20);
    vi.advanceTimersByTime(FRAME_MS);
    const settled = writes.length;
    vi.advanceTimersByTime(5000);
    expect(writes.length).toBe(settled);
  });

  it('leaves the log, in order, and nothing of itself', () => {
    const writes: string[] = [];
    const region = createLiveRegion({ write: (text) => writes.push(text), columns: () => 80, render: () => ['beat'] });
    region.print('one');
    vi.advanceTimersByTime(FRAME_MS);
    region.print('two');
    region[Symbol.dispose]();
    vi.advanceTimersByTime(FRAME_MS * 10);
    expect(screen(writes)).toEqual(['one', 'two']);
  });

  it('does not erase what somebody else writes', () => {
    const writes: string[] = [];
    let beat = 0;
    using _region = createLiveRegion({
      write: (text) => writes.push(text),
      columns: () => 80,
      render: () => [`b ${beat}`, 'second'],
    });
    vi.advanceTimersByTime(FRAME_MS);
    writes.push('a warning\n');
    beat = 1;
    vi.advanceTimersByTime(FRAME_MS);
    expect(screen(writes)).toEqual(['a warning', 'b 1', 'second']);
  });

  it('asks for the width of the terminal each time', () => {
    const widths: number[] = [];
    let columns = 80;
    using _region = createLiveRegion({
      write: () => {},
      columns: () => columns,
      render: (width) => [String(widths.push(width))],
    });
    vi.advanceTimersByTime(FRAME_MS);
    columns = 40;
    vi.advanceTimersByTime(FRAME_MS);
    expect(widths).toEqual([79, 39]);
  });
});
