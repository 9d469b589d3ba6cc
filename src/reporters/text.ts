// Text on a grid of terminal cells: what may be printed, how wide it is, and how it is broken into lines.

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[\x20-\x7e]*$/;
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const unprintable = /(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * What a server, a program or a file said, made safe: a control character would drive the terminal (or end a document),
 * and one that changes the direction of writing would hide what is there. They are shown as `\u{1b}`.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '  ')
    .replaceAll(unprintable, (char) => (char === '\n' ? char : `\\u{${char.charCodeAt(0).toString(16)}}`));
}

/** `printable`, in one line. */
export function oneLine(text: string): string {
  return printable(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/** In cells of a terminal. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += cellsOf(segment);
  return width;
}

function cellsOf(grapheme: string): number {
  if (wide.test(grapheme)) return 2;
  return /^[\p{M}\u200d]+$/u.test(grapheme) ? 0 : 1;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cut to `width` cells, with `…` where something is missing. */
export function truncate(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${splitAt(text, Math.max(0, width - 1))[0]}…`;
}

const noBreak = '\u00a0';
const beforeUnit = /(?<=\d) (?=(?:ms|s|m|h|d|B|kB|MB|GB|%)(?![\w-]))/g;

/** The same text as one word to `wrap`. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', noBreak);
}

/** Items with dots between them, each unbroken; no line that `wrap` makes of it begins with a dot. */
export function dotted(items: readonly string[]): string {
  return items.map(unbroken).join(`${noBreak}· `);
}

/** Where `wrap` breaks: at spaces, but not between a number and its unit. */
export function words(paragraph: string): string[] {
  return paragraph
    .replaceAll(beforeUnit, noBreak)
    .split(' ')
    .filter((word) => word !== '');
}

/** At spaces where there are any, and at the newlines of the text; a word that is too long is broken. Never empty. */
export function wrap(text: string, width: number): string[] {
  return text
    .split('\n')
    .flatMap((paragraph) => wrapParagraph(paragraph, Math.max(1, width)))
    .map((line) => line.replaceAll(noBreak, ' '));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words(paragraph)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const [head, tail] = splitAt(line, width);
      lines.push(head);
      line = tail;
    }
  }
  return [...lines, line];
}

/** The longest head of at most `width` cells (one grapheme at least, so that it ends), and the rest. */
function splitAt(text: string, width: number): [head: string, tail: string] {
  let used = 0;
  let at = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    used += cellsOf(segment);
    if (used > width && (index > 0 || width === 0)) break;
    at = index + segment.length;
  }
  return [text.slice(0, at), text.slice(at)];
}
