// Labelled blocks of text for a terminal, as `plan` and `explain` print them.
import { padEnd, wrap } from '../reporters/text.ts';
import type { CommandContext } from './context.ts';

/** Of the margin and the label: what is left is for the text. */
export const LABEL_WIDTH = 16;
const INDENT = 2;
/** Lines that are longer are hard to read. */
const WIDEST = 120;

export function widthOf(cx: CommandContext): number {
  return Math.min(cx.stdout.columns ?? 80, WIDEST);
}

/** A label at the left and its lines beside it, wrapped; those that begin with `- ` are set in. Nothing for no lines. */
export function labelled(label: string, lines: readonly string[], width: number): readonly string[] {
  const room = width - LABEL_WIDTH;
  return lines
    .flatMap((line) => wrapItem(line, room))
    .map((line, at) => padEnd(' '.repeat(INDENT) + (at === 0 ? label : ''), LABEL_WIDTH) + line);
}

function wrapItem(line: string, room: number): readonly string[] {
  // A line that begins with a space, or has two in a row, is part of a table: that is laid out already.
  if (/^ |\S {2}/.test(line)) return [line];
  const item = line.startsWith('- ');
  const margin = item ? '   ' : '';
  return wrap(item ? line.slice(2) : line, room - margin.length - 2).map((part, at) =>
    at === 0 ? margin + part : `${margin}  ${part}`,
  );
}
