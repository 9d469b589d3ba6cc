// YAML text → tree. Whatever the bytes are: a tree, or mistakes with their places.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Position } from '../core/drill.ts';
import type { Problems } from './problems.ts';
import type { Entry, Leaf, Tree } from './tree.ts';

const maxBytes = 256 * 1024;
const maxDepth = 48;
/** Values after aliases are expanded: the largest drill that makes sense is far below, a "billion laughs" far above. */
const maxValues = 20_000;
const maxSyntaxErrors = 5;

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly problems: Problems;
  readonly anchors: Map<string, Node>;
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  readonly open: Set<Node>;
  values: number;
}

/** Undefined if there is nothing to go on with; the mistakes are in `problems` then. */
export function parseYaml(text: string, file: string, problems: Problems): Tree | undefined {
  // A carriage return alone ends a line too, which the parser does not know.
  const plain = (text.startsWith('\uFEFF') ? text.slice(1) : text).replace(/\r(?!\n)/g, '\n');
  const start: Position = { file, line: 1, col: 1 };
  if (plain.length > maxBytes) {
    problems.error(start, `the file is larger than ${maxBytes / 1024} KB, which no drill is`);
    return undefined;
  }
  const strange = strangeCharacter(plain);
  if (strange !== undefined) {
    problems.error({ file, ...strange }, 'this is not text in UTF-8, and a drill is a YAML file');
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(plain, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const broken = [...document.errors, ...document.warnings].slice(0, maxSyntaxErrors);
  for (const error of broken) problems.error(position(file, lines, error.pos[0]), explain(error));
  if (broken.length > 0) return undefined;
  if (document.contents === null) {
    problems.error(start, 'the file is empty');
    return undefined;
  }
  const reading: Reading = { file, lines, problems, anchors: new Map(), open: new Set(), values: 0 };
  const before = problems.errors.length;
  const tree = read(document.contents, reading, 0);
  if (tree !== undefined && tree.type !== 'map' && problems.errors.length === before) {
    problems.error(
      tree.at,
      `expected a map of keys such as title and method, got ${tree.type === 'list' ? 'a list' : 'a single value'}`,
    );
  }
  return tree?.type === 'map' ? tree : undefined;
}

/** Undefined once the document has become too large or too deep, which is reported where it happened. */
function read(node: Node, reading: Reading, depth: number): Tree | undefined {
  const at = position(reading.file, reading.lines, node.range?.[0] ?? 0);
  reading.values += 1;
  if (reading.values > maxValues || depth > maxDepth) {
    const what =
      depth > maxDepth ? `is nested more than ${maxDepth} levels deep` : `holds more than ${maxValues} values`;
    reading.problems.error(at, `the document ${what}, which no drill does`);
    return undefined;
  }
  if (isAlias(node)) return readAlias(node.source, { at, reading, depth });
  if (!isScalar(node) && !isSeq(node) && !isMap(node)) return { type: 'scalar', at, value: null };
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  if (isScalar(node)) return readScalar(node.value, at, reading);
  reading.open.add(node);
  try {
    return isMap(node)
      ? readMap(node, at, { reading, depth })
      : readItems(node.items as Node[], at, { reading, depth });
  } finally {
    reading.open.delete(node);
  }
}

function readItems(items: readonly Node[], at: Position, { reading, depth }: Where): Tree | undefined {
  const trees: Tree[] = [];
  for (const item of items) {
    const tree = read(item, reading, depth + 1);
    if (tree === undefined) return undefined;
    trees.push(tree);
  }
  return { type: 'list', at, items: trees };
}

interface Where {
  readonly reading: Reading;
  readonly depth: number;
}

function readMap(map: YAMLMap, at: Position, where: Where): Tree | undefined {
  const entries = new Map<string, Entry>();
  for (const pair of map.items as Pair<Node | null, Node | null>[]) {
    const keyAt = position(where.reading.file, where.reading.lines, pair.key?.range?.[0] ?? 0);
    const key = readKey(pair.key, pair.key === null ? at : keyAt, where.reading);
    if (key !== undefined && entries.has(key)) where.reading.problems.error(keyAt, `the key "${key}" is there twice`);
    const value = pair.value === null ? nothing(keyAt) : read(pair.value, where.reading, where.depth + 1);
    if (value === undefined) return undefined;
    if (key !== undefined) entries.set(key, { keyAt, value });
  }
  return { type: 'map', at, entries };
}

function readKey(key: Node | null, at: Position, { problems }: Reading): string | undefined {
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value === 'string' && value !== '__proto__') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  problems.error(at, 'a key must be plain text');
  return undefined;
}

function readScalar(value: unknown, at: Position, { problems }: Reading): Leaf {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return { type: 'scalar', at, value };
  if (typeof value === 'number' && Number.isFinite(value)) return { type: 'scalar', at, value };
  problems.error(at, 'expected text, a finite number, true, false or null');
  return nothing(at);
}

function readAlias(name: string, where: Where & { readonly at: Position }): Tree | undefined {
  const { at, reading, depth } = where;
  const target = reading.anchors.get(name);
  if (target !== undefined && !reading.open.has(target)) return read(target, reading, depth + 1);
  const why = target === undefined ? `there is no anchor &${name} above it` : 'it refers to what it stands in';
  reading.problems.error(at, `the alias *${name} leads nowhere: ${why}`);
  return nothing(at);
}

function nothing(at: Position): Leaf {
  return { type: 'scalar', at, value: null };
}

function position(file: string, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), col: Math.max(1, col) };
}

/** First character that no YAML text holds: bytes that are not UTF-8 (decoded to U+FFFD), and control characters. */
function strangeCharacter(text: string): { line: number; col: number } | undefined {
  const found = /(?![\t\n\r\u0085])[\p{Cc}\uFFFD]/u.exec(text);
  if (found === null) return undefined;
  const before = text.slice(0, found.index).split('\n');
  return { line: before.length, col: (before.at(-1) ?? '').length + 1 };
}

/** The parser's words, and others where an author of drills needs them. */
function explain({ message }: YAMLError): string {
  const other = inOtherWords.find(([parser]) => message.startsWith(parser));
  return other?.[1] ?? message.replace(/\.$/, '');
}

const inOtherWords: readonly (readonly [parser: string, author: string])[] = [
  ['Source contains multiple documents', 'a second document begins here: one file is one drill'],
  ['Maximum call stack', 'nested too deeply'],
  ['Tabs are not allowed', 'a tab is used as indentation: YAML wants spaces'],
  ['Unresolved tag', 'tags (!…) mean nothing in a drill'],
  ['Implicit map keys need to be followed', 'expected a key, a colon and a value'],
  ['Nested mappings are not allowed', 'a second ": " on one line: begin a new line, or put the value in quotes'],
  ['Unexpected scalar at node end', 'this does not belong after a value: text with special characters needs quotes'],
];
