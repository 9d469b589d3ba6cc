import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleDrill, richDrill, testRegistry } from '../../test/drill-registry.ts';
import { DrillError } from '../core/error.ts';
import { applyOverride, parseDrill } from './load.ts';
import { formatProblems } from './problems.ts';

const fragment = 'timing: { warmUp: 4s }\nworkloads:\n  - { name: writes, client: oracle }\n';
const smallDrill = `use: [f.yaml, f.yaml]
title: A replica is lost and nobody notices
params: { rate: 50/s }
cluster:
  services: [store]
workloads:
  - name: writes
    workload: store.ledger
    with:
      rate: $rate
steadyStateHypothesis:
  title: One primary
  probes:
    - probe: store.topology
      every: 200ms
      tolerance:
        primaries: 1
method:
  - fault: process.kill
    targets:
      oneOf: store-replicas
    hold: 8s
assertions:
  - assert: rpo
    of: writes
    unproven: a replica holds nothing that the others do not
`;
/** The small one counts fourteen times: the others are for what it does not have. */
const sources = [...Array<string>(14).fill(smallDrill), exampleDrill, richDrill];
const options = {
  registry: testRegistry,
  fragments: { read: (file: string) => (file === 'f.yaml' ? fragment : undefined), siblings: () => ['f.yaml'] },
};

interface Dice {
  readonly a: number;
  readonly b: number;
  readonly junk: string;
}
type Mutation = (lines: string[], dice: Dice) => string[];

const pick = (lines: readonly string[], n: number): number => (lines.length === 0 ? 0 : n % lines.length);
const edit = (lines: string[], n: number, change: (line: string) => string): string[] =>
  lines.with(pick(lines, n), change(lines[pick(lines, n)] ?? ''));

const mutations: Record<string, Mutation> = {
  'delete a line': (lines, { a }) => lines.toSpliced(pick(lines, a), 1),
  'delete a block': (lines, { a, b }) => lines.toSpliced(pick(lines, a), b % 12),
  'repeat a line': (lines, { a, b }) => lines.toSpliced(pick(lines, b), 0, lines[pick(lines, a)] ?? ''),
  'repeat a block': (lines, { a, b }) => [...lines, ...lines.slice(pick(lines, a), pick(lines, a) + (b % 15))],
  'swap two lines': (lines, { a, b }) =>
    lines.with(pick(lines, a), lines[pick(lines, b)] ?? '').with(pick(lines, b), lines[pick(lines, a)] ?? ''),
  indent: (lines, { a, b }) => edit(lines, a, (line) => ' '.repeat(b % 5) + line),
  outdent: (lines, { a, b }) => edit(lines, a, (line) => line.slice(b % 5)),
  tab: (lines, { a }) => edit(lines, a, (line) => `\t${line}`),
  'another value': (lines, { a, junk }) => edit(lines, a, (line) => line.replace(/:.*$/, `: ${junk}`)),
  'a value in the middle': (lines, { a, b, junk }) =>
    edit(lines, a, (line) => line.slice(0, b % (line.length + 1)) + junk + line.slice(b % (line.length + 1))),
  'no value': (lines, { a }) => edit(lines, a, (line) => line.replace(/:.*$/, ':')),
  'a letter less': (lines, { a, b }) =>
    edit(lines, a, (line) => line.slice(0, b % (line.length + 1)) + line.slice((b % (line.length + 1)) + 1)),
  'a misspelt key': (lines, { a, b }) =>
    edit(lines, a, (line) => line.replace(/(\w)(\w)(\w*:)/, b % 2 === 0 ? '$2$1$3' : '$1$1$2$3')),
  'another file cut in': (lines, { a, b }) => [
    ...lines.slice(0, pick(lines, a)),
    ...richDrill.split('\n').slice(b % 20),
  ],
  truncated: (lines, { a, b }) =>
    lines
      .join('\n')
      .slice(0, (a * 31 + b) % (lines.join('\n').length + 1))
      .split('\n'),
  'windows lines': (lines) => lines.map((line) => `${line}\r`),
};

const structures = [
  '[]',
  '{}',
  '[[[]]]',
  '{ a: { b: c } }',
  '&x [*x]',
  '*writes',
  '!!binary x',
  '!foo',
  '? a',
  '- - -',
  '|',
  '>-',
];
const scalars = [
  'null',
  '~',
  '-1',
  '0',
  '0s',
  '1e999',
  '.nan',
  '.inf',
  '99999999999999999999',
  'true',
  '"',
  "'",
  '$rto',
  '$nope',
  ['$', '{rto}'].join(''),
  '$$x',
  '$',
];
const strange = [
  '\u0000',
  '\uFFFD',
  '\uFEFF',
  '\u2028',
  '😀',
  '\u0007',
  '__proto__',
  'constructor',
  '<<',
  '---',
  '...',
  '%YAML 1.1',
  '#',
  '@',
  '`',
];
const junk = fc.oneof(
  fc.constantFrom(...structures, ...scalars, ...strange),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.json({ maxDepth: 2 }),
);
const dice = fc.record({ a: fc.nat(1000), b: fc.nat(1000), junk });
const changes = fc.array(fc.tuple(fc.constantFrom(...Object.keys(mutations)), dice), { minLength: 1, maxLength: 3 });

function mutate(text: string, list: readonly (readonly [string, Dice])[]): string {
  return list
    .reduce(
      (lines, [name, roll]) => (lines.length === 0 ? lines : mutations[name]?.(lines, roll)) ?? lines,
      text.split('\n'),
    )
    .join('\n');
}

/** `valid`, `invalid` with mistakes that are told properly, or what is wrong with how they are told. */
function outcome(text: string): string {
  try {
    const loaded = parseDrill(text, 'x.drill.yaml', options);
    const [test] = loaded.drill.selfTest;
    if (test !== undefined) applyOverride(loaded, test, options);
    return 'valid';
  } catch (error) {
    if (!(error instanceof DrillError) || error.code !== 'DRILL_INVALID') throw error;
    const lines = text.split(/\r\n|\r|\n/).length;
    const flaw = error.message.split('\n').find((line) => !placed.test(line) || internals.test(line));
    const outside = error.problems.find(({ file, line }) => file === 'x.drill.yaml' && line > lines);
    if (error.problems.length === 0 || error.message !== formatProblems(error.problems)) return 'mistakes got lost';
    return flaw ?? (outside === undefined ? 'invalid' : `line ${outside.line} of ${lines}`);
  }
}

const placed = /^(x\.drill|f)\.yaml:[1-9]\d*:[1-9]\d*: \S/;
const internals = /\bat \S+\.ts:\d+|TypeError|RangeError|could not be checked|\[object|\bundefined\b/;

describe('mutated drill files', () => {
  it('give a drill or mistakes with line and column, and nothing else, 5,000 times', () => {
    const seen = { valid: 0, invalid: 0 };
    // Processor time: a busy machine is no slow loader.
    let slowestMs = 0;
    const property = fc.property(fc.constantFrom(...sources), changes, (source, list) => {
      const from = process.threadCpuUsage();
      const result = outcome(mutate(source, list));
      const { user, system } = process.threadCpuUsage(from);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
      expect(['valid', 'invalid']).toContain(result);
      seen[result === 'valid' ? 'valid' : 'invalid'] += 1;
    });
    fc.assert(property, { numRuns: 5000, seed: 20_261_121, endOnFailure: false });
    expect(slowestMs).toBeLessThan(1000);
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200);
  }, 120_000);
});
