import { displayWidth, padEnd, words, wrap } from '../text.ts';

const gap = '  ';

/**
 * Rows of cells as lines that are at most `width` wide, each column aligned: as wide as it needs where all fit, else the
 * widest give way and their cells are wrapped, between words as long as there is room for the longest of them.
 */
export function layOut(rows: readonly (readonly string[])[], width: number): string[][] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, at) => rows.map((row) => row[at] ?? ''));
  const widths = share(columns, width - gap.length * (count - 1));
  return rows.map((row) => layOutRow(row, widths));
}

function layOutRow(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, at) => wrap(row[at] ?? '', width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, at) => padEnd(cells[at]?.[line] ?? '', width))
      .join(gap)
      .trimEnd(),
  );
}

function share(columns: readonly (readonly string[])[], total: number): number[] {
  const needed = columns.map((cells) => Math.max(1, ...cells.map(displayWidth)));
  const longest = columns.map((cells) => Math.max(1, ...cells.flatMap(words).map(displayWidth)));
  const widths = sum(longest) <= total ? longest : columns.map(() => 1);
  for (let left = total - sum(widths); left > 0; left -= 1) {
    const poorest = needed
      .map((_, at) => at)
      .filter((at) => (widths[at] ?? 0) < (needed[at] ?? 0))
      .reduce<number | undefined>(
        (a, b) => (a !== undefined && (widths[a] ?? 0) <= (widths[b] ?? 0) ? a : b),
        undefined,
      );
    if (poorest === undefined) break;
    widths[poorest] = (widths[poorest] ?? 0) + 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
