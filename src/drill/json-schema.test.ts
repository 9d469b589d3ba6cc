import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaViolations } from '../../test/draft-07.ts';
import { exampleDrill, richDrill, testRegistry } from '../../test/drill-registry.ts';
import { builtin } from '../builtin.ts';
import type { Json } from '../core/json.ts';
import { drillSchema, renderSchema } from './json-schema.ts';

const schema = drillSchema(testRegistry);
const check = (text: string): string[] => schemaViolations(parse(text) as Json, schema);

describe('the schema for editors', () => {
  it.each([
    ['the example', exampleDrill],
    ['everything else', richDrill],
  ])('accepts %s', (_, text) => {
    expect(check(text)).toEqual([]);
  });

  it.each<[what: string, change: (text: string) => string, where: RegExp]>([
    ['an unknown key', (text) => text.replace('\ntiming:', '\ntimings:'), /timings/],
    ['an unknown kind', (text) => text.replace('store.ledger', 'store.leger'), /workload/],
    ['a parameter of another kind', (text) => text.replace('confirmedBy: 1', 'argv: [x]'), /argv/],
    [
      'a missing parameter',
      (text) => text.replace('rate: 100/s', 'confirmedBy: 2').replace('confirmedBy: 1\n', '\n'),
      /rate/,
    ],
    ['a client of another kind', (text) => text.replace('client: oracle', 'client: jedis'), /client/],
    ['a duration without a unit', (text) => text.replace('warmUp: 5s', 'warmUp: 5'), /warmUp/],
    [
      'a setting of no scope',
      (text) => text.replace('      min-replicas-to-write: 1\n', '      x: 1\n    broker: {}\n'),
      /broker/,
    ],
    ['a step of two verbs', (text) => text.replace('    targets: store-primary', '    pause: 3s'), /method/],
    [
      'no hypothesis',
      (text) => text.replace(/steadyStateHypothesis:[\s\S]*?method:/, 'method:'),
      /steadyStateHypothesis/,
    ],
  ])('refuses %s', (_, change, where) => {
    const changed = change(exampleDrill);
    expect(changed).not.toBe(exampleDrill);
    expect(check(changed).join('\n')).toMatch(where);
  });

  it('allows what a fragment may complete', () => {
    expect(check('title: t\nuse: [f.yaml]\nworkloads:\n  - name: writes\n    client: oracle\n')).toEqual([]);
  });

  it('is checked in as it is now', () => {
    const current = readFileSync('schema/drill.schema.json', 'utf8') === renderSchema(builtin);
    expect(current, 'schema/drill.schema.json is out of date: npm run schema').toBe(true);
  });

  it.each(globSync('drills/*.drill.yaml'))('accepts %s', (file) => {
    const value = parse(readFileSync(file, 'utf8')) as Json;
    expect(schemaViolations(value, drillSchema(builtin))).toEqual([]);
  });
});
