import { describe, expect, it } from 'vitest';
import { exampleDrill, testRegistry } from '../../test/drill-registry.ts';
import { parseDrill } from './load.ts';

function load(use: string, files: Record<string, string>, text = exampleDrill) {
  const fragments = {
    read: (file: string) => files[file],
    siblings: () => Object.keys(files).map((file) => file.split('/').at(-1) ?? ''),
  };
  return parseDrill(`use: ${use}\n${text}`, 'drills/x.drill.yaml', { registry: testRegistry, fragments });
}

describe('a fragment', () => {
  it('is merged under the drill, by name; the drill has the last word', () => {
    const fragment = `
timing:
  warmUp: 9s
  heldFor: 8s
workloads:
  - name: writes
    workload: store.ledger
    client: ioredis
  - name: reads
    workload: command
    with:
      argv: [reader]
`;
    const { drill } = load('[fragments/f.yaml]', { 'drills/fragments/f.yaml': fragment });
    expect(drill.timing).toMatchObject({ warmUpMs: 5000, heldForMs: 8000 });
    expect(drill.workloads.map(({ name, client }) => [name, client])).toEqual([
      ['writes', 'oracle'],
      ['reads', undefined],
    ]);
  });

  it('may use others, relative to itself, and later ones go over earlier ones', () => {
    const files = {
      'drills/a.yaml': 'use: [deep/c.yaml]\ntiming:\n  heldFor: 1s\n',
      'drills/deep/c.yaml': 'timing:\n  heldFor: 2s\n  drainWithin: 3s\n',
      'drills/b.yaml': 'timing:\n  drainWithin: 4s\n',
    };
    expect(load('[a.yaml, b.yaml]', files).drill.timing).toMatchObject({ heldForMs: 1000, drainWithinMs: 4000 });
  });

  it('says so where a param comes from it', () => {
    const { drill } = load(
      '[f.yaml]',
      { 'drills/f.yaml': 'params:\n  rate: 7/s\n' },
      exampleDrill.replace('rate: 100/s', 'rate: $rate'),
    );
    expect(drill.params['rate']).toEqual({ value: '7/s', from: 'drills/f.yaml' });
    expect(drill.document['use']).toBeUndefined();
  });

  it('counts for the checksum', () => {
    const sums = ['1s', '2s'].map(
      (held) => load('[f.yaml]', { 'drills/f.yaml': `timing: { heldFor: ${held} }\n` }).drill.sha256,
    );
    expect(new Set(sums).size).toBe(2);
  });

  it('can be opposed: null removes what it says, and remove: true an entry', () => {
    const fragment =
      'owner: them\nstopConditions:\n  - name: extra\n    probe: store.topology\n    tolerance: { primaries: 1 }\n';
    const text = exampleDrill.replace(
      'stopConditions:',
      'owner: null\nstopConditions:\n  - name: extra\n    remove: true',
    );
    const { drill } = load('[f.yaml]', { 'drills/f.yaml': fragment }, text);
    expect([drill.owner, drill.stopConditions.length]).toEqual([undefined, 1]);
  });

  it.each<[what: string, use: string, files: Record<string, string>, mistake: string]>([
    [
      'is not there',
      '[fragments/healty.yaml]',
      { 'drills/fragments/healthy.yaml': '' },
      'drills/x.drill.yaml:1:7: there is no fragment drills/fragments/healty.yaml; did you mean "fragments/healthy.yaml"?',
    ],
    [
      'uses itself',
      '[a.yaml]',
      { 'drills/a.yaml': 'use: [b.yaml]', 'drills/b.yaml': 'use: [a.yaml]' },
      'drills/b.yaml:1:7: a.yaml uses itself: drills/x.drill.yaml → drills/a.yaml → drills/b.yaml → drills/a.yaml',
    ],
    [
      'is no YAML',
      '[a.yaml]',
      { 'drills/a.yaml': 'timing: [' },
      'drills/a.yaml:1:10: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'is no map',
      '[a.yaml]',
      { 'drills/a.yaml': '- a' },
      'drills/a.yaml:1:1: expected a map of keys such as title and method, got a list',
    ],
    [
      'has a mistake',
      '[a.yaml]',
      { 'drills/a.yaml': 'timing:\n  heldFr: 3s\n' },
      'drills/a.yaml:2:3: unknown key "heldFr"; did you mean "heldFor"?',
    ],
    [
      'says what only a drill can say',
      '[a.yaml]',
      { 'drills/a.yaml': 'title: mine\n' },
      'drills/a.yaml:1:1: "title" belongs into the drill, and not into a fragment',
    ],
    [
      'is not in a list',
      'a.yaml',
      { 'drills/a.yaml': '' },
      'drills/x.drill.yaml:1:6: expected a list of fragments, such as [fragments/healthy.yaml]',
    ],
    ['has no path', '[{}]', {}, 'drills/x.drill.yaml:1:7: expected the path of a fragment, relative to this file'],
  ])('that %s is a mistake', (_, use, files, mistake) => {
    expect(() => load(use, files)).toThrow(mistake);
  });
});
