// Text of others in a Markdown document: shown as it is, never as markup, and never able to end a cell or a block.
import { printable } from '../text.ts';

const special = /[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<|&(?=#?\w+;)/gu;
const html: Readonly<Record<string, string>> = { '<': '&lt;', '&': '&amp;' };
/** Before what makes a heading, a rule, a quotation or an item of a list, but only at the start of a line. */
const leading = /^(?:\d{1,9}(?=[.)](?:\s|$))|(?=>|[#=+-](?:[\s#=-]|$)))/;

/** In a heading, a sentence or an item of a list. Newlines become spaces. */
export function inline(text: string): string {
  return escapeLine(printable(text).replaceAll(/\s*\n\s*/g, ' '));
}

/** A table's cell; newlines become breaks. An empty one is a dash, so that nobody looks for what is missing. */
export function cell(text: string): string {
  const lines = printable(text)
    .trim()
    .split('\n')
    .map((line) => escapeSpecial(line.trim()));
  return lines.join('<br>') || '–';
}

/** Text in lines of its own: every line stays one. */
export function paragraph(text: string): string {
  return printable(text).trim().split('\n').map(escapeLine).join('  \n');
}

/** Inline code, also in a table. */
export function code(text: string): string {
  const plain = printable(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
    .replaceAll('|', '\\|');
  if (plain === '') return '–';
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
}

/** A block of text as it is. */
export function codeBlock(text: string, language = ''): string[] {
  const lines = printable(text).trimEnd().split('\n');
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function escapeLine(line: string): string {
  return escapeSpecial(line.trim()).replace(leading, '$&\\');
}

function escapeSpecial(text: string): string {
  return text.replaceAll(special, (char) => html[char] ?? `\\${char}`);
}
