import { describe, expect, it } from 'vitest';
import { parseYaml } from './document.ts';
import { collectProblems, formatProblems } from './problems.ts';
import { descend, keyPosition, type Path, toJson } from './tree.ts';

function read(text: string) {
  const problems = collectProblems();
  const tree = parseYaml(text, 'x.yaml', problems);
  return { tree, json: tree && toJson(tree), mistakes: formatProblems(problems.errors).split('\n').filter(Boolean) };
}

describe('a document', () => {
  it('knows where everything stands', () => {
    const { tree, json } = read('a: 1\nb:\n  - c: text\n    d: { e: null }\n');
    expect(json).toEqual({ a: 1, b: [{ c: 'text', d: { e: null } }] });
    const place = (path: Path) => tree && descend(tree, path)?.at;
    expect(place(['b', 0])).toEqual({ file: 'x.yaml', line: 3, col: 5 });
    expect(place(['b', 0, 'd', 'e'])).toEqual({ file: 'x.yaml', line: 4, col: 13 });
    const inner = tree && descend(tree, ['b', 0, 'd']);
    expect(inner && keyPosition(inner, 'e')).toEqual({ file: 'x.yaml', line: 4, col: 10 });
  });

  it('expands aliases, with the place where the value stands', () => {
    const { tree, json } = read('a: &x [1]\nb: *x\n');
    expect(json).toEqual({ a: [1], b: [1] });
    expect(tree && descend(tree, ['b', 0])?.at).toEqual({ file: 'x.yaml', line: 1, col: 8 });
  });

  it.each([
    ['a byte order mark', '\uFEFFa: 1'],
    ['Windows lines', 'a: 1\r\n'],
    ['old Macintosh lines', 'a: 1\r'],
    ['a document mark', '---\na: 1\n...\n'],
  ])('may have %s', (_, text) => {
    expect(read(text)).toMatchObject({ json: { a: 1 }, mistakes: [] });
  });

  it('has keys of plain text, whatever they look like', () => {
    expect(read('1: a\ntrue: b\nconstructor: c\n').json).toEqual({ 1: 'a', true: 'b', constructor: 'c' });
  });
});

describe('what is no document is a mistake at its place', () => {
  it.each<[what: string, text: string, mistake: string]>([
    ['nothing', '', '1:1: the file is empty'],
    ['only a comment', '# later', '1:1: the file is empty'],
    ['a list', '- a', '1:1: expected a map of keys such as title and method, got a list'],
    ['a value', 'hello', '1:1: expected a map of keys such as title and method, got a single value'],
    ['a tab', 'a:\n\tb: 1', '2:1: a tab is used as indentation: YAML wants spaces'],
    ['a key twice', 'a: 1\nb: 2\na: 3', '3:1: the key "a" is there twice'],
    ['a key without a colon', 'a: 1\nb\nc: 2', '2:1: expected a key, a colon and a value'],
    ['a quote that stays open', 'a: "b', '1:6: Missing closing "quote'],
    ['two colons', 'a: b: c', '1:4: a second ": " on one line: begin a new line, or put the value in quotes'],
    ['two documents', 'a: 1\n---\nb: 2', '2:1: a second document begins here: one file is one drill'],
    ['a tag', 'a: !ruby/object x', '1:4: tags (!…) mean nothing in a drill'],
    ['a number that is none', 'a: .nan', '1:4: expected text, a finite number, true, false or null'],
    ['a key that is a map', '? { a: 1 }\n: 2', '1:3: a key must be plain text'],
    ['the key __proto__', '__proto__: 1', '1:1: a key must be plain text'],
    ['an alias of nothing', 'a: *b', '1:4: the alias *b leads nowhere: there is no anchor &b above it'],
    ['an alias of itself', 'a: &b\n  c: *b', '2:6: the alias *b leads nowhere: it refers to what it stands in'],
    ['bytes', 'a: \u0000\u0001', '1:4: this is not text in UTF-8, and a drill is a YAML file'],
    [
      'Latin-1',
      Buffer.from([0x61, 0x3a, 0x20, 0xe9]).toString(),
      '1:4: this is not text in UTF-8, and a drill is a YAML file',
    ],
    [
      'depth',
      'a: '.concat('['.repeat(60), ']'.repeat(60)),
      '1:52: the document is nested more than 48 levels deep, which no drill does',
    ],
    ['size', 'a'.repeat(300_000), '1:1: the file is larger than 256 KB, which no drill is'],
  ])('%s', (_, text, mistake) => {
    expect(read(text).mistakes).toEqual([`x.yaml:${mistake}`]);
  });

  it('a bomb of aliases', () => {
    const levels = 'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(20)}]`);
    const { mistakes } = read(['a: &a [1]', ...levels].join('\n'));
    expect(mistakes).toEqual([expect.stringMatching(/^x.yaml:\d+:\d+: the document holds more than 20000 values/)]);
  });

  it('never more than five at once from the parser', () => {
    expect(read('['.repeat(20_000)).mistakes.length).toBeLessThanOrEqual(5);
  });
});
