import { describe, expect, it } from 'vitest';
import type { Json } from '../core/json.ts';
import { parseYaml } from './document.ts';
import { mergeTrees, setAt } from './merge.ts';
import { collectProblems, formatProblems } from './problems.ts';
import { type Dict, fromJson, toJson } from './tree.ts';

const nowhere = { file: 'x', line: 1, col: 1 };

function tree(value: Json): Dict {
  return fromJson(value, nowhere) as Dict;
}

function merged(base: Json, over: Json, patch = true): Json {
  return toJson(mergeTrees(tree(base), tree(over), { problems: collectProblems(), patch }));
}

describe('a patch', () => {
  // The examples of RFC 7396, appendix A, as far as both sides are maps.
  it.each<[base: Json, patch: Json, result: Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j', (base, patch, result) => {
    expect(merged(base, patch)).toEqual(result);
  });

  it('laid over something without a patch keeps a null that removes nothing: it is an empty value there', () => {
    expect(merged({ a: 1, b: 1 }, { b: null, c: null }, false)).toEqual({ a: 1, c: null });
  });
});

describe('lists of named things', () => {
  const workloads = (...items: Json[]) => ({ workloads: items });
  const method = (...items: Json[]) => ({ method: items });

  it('merge by name, and append what is new', () => {
    const base = workloads({ name: 'a', workload: 'x', with: { rate: 1, more: 2 } }, { workload: 'y' });
    const over = workloads(
      { name: 'a', with: { rate: 5 } },
      { workload: 'y', client: 'c' },
      { name: 'b', workload: 'x' },
    );
    expect(merged(base, over)).toEqual(
      workloads(
        { name: 'a', workload: 'x', with: { rate: 5, more: 2 } },
        { workload: 'y', client: 'c' },
        { name: 'b', workload: 'x' },
      ),
    );
  });

  it('another kind drops the parameters of the old one', () => {
    const base = method({ name: 'k', fault: 'process.kill', targets: 'a', with: { signal: 'TERM' } });
    expect(merged(base, method({ name: 'k', fault: 'host.crash' }))).toEqual(
      method({ name: 'k', fault: 'host.crash', targets: 'a' }),
    );
  });

  it('another verb drops all but the name', () => {
    const base = method({ name: 'k', fault: 'process.kill', targets: 'a', hold: '5s' });
    expect(merged(base, method({ name: 'k', pause: '5s' }))).toEqual(method({ name: 'k', pause: '5s' }));
  });

  it('targets and operators are replaced whole', () => {
    const base = method({
      name: 'k',
      waitFor: 'p',
      tolerance: { lag: { atMost: 3 }, up: true },
      targets: { zone: 'a' },
    });
    const over = method({ name: 'k', tolerance: { lag: { atLeast: 1 } }, targets: { oneOf: 'b' } });
    expect(merged(base, over)).toEqual(
      method({ name: 'k', waitFor: 'p', tolerance: { lag: { atLeast: 1 }, up: true }, targets: { oneOf: 'b' } }),
    );
  });

  it('an entry is removed by its name', () => {
    const base = { assertions: [{ assert: 'rto' }, { assert: 'never', name: 'n' }] };
    expect(merged(base, { assertions: [{ name: 'n', remove: true }] })).toEqual({ assertions: [{ assert: 'rto' }] });
  });

  it('says what is not there to be removed', () => {
    const problems = collectProblems();
    const over = parseYaml('method:\n  - name: kil\n    remove: true\n', 'o.yaml', problems);
    mergeTrees(tree(method({ name: 'kill', fault: 'process.kill' })), over as Dict, { problems, patch: true });
    expect(formatProblems(problems.errors)).toBe(
      'o.yaml:2:5: there is no "kil" in method to remove; did you mean "kill"?',
    );
  });

  it('two entries of one name in one document stay two, to be refused', () => {
    const twice = workloads({ name: 'a', workload: 'x' }, { name: 'a', workload: 'y' });
    expect(merged({}, twice)).toEqual(twice);
  });
});

describe('--set', () => {
  const document: Json = {
    timing: { warmUp: '5s' },
    workloads: [{ name: 'w', workload: 'x' }, { workload: 'y' }],
    tags: ['a', 'b'],
  };
  const setting = (path: string[], value: Json): unknown => {
    const result = setAt(tree(document), path, fromJson(value, nowhere));
    return 'missing' in result ? result : toJson(result);
  };

  it.each<[path: string[], value: Json, part: object]>([
    [['timing', 'warmUp'], '1s', { timing: { warmUp: '1s' } }],
    [
      ['workloads', 'w', 'with', 'rate'],
      '9/s',
      { workloads: [{ name: 'w', workload: 'x', with: { rate: '9/s' } }, { workload: 'y' }] },
    ],
    [
      ['workloads', 'y', 'client'],
      'c',
      {
        workloads: [
          { name: 'w', workload: 'x' },
          { workload: 'y', client: 'c' },
        ],
      },
    ],
    [['tags', '1'], 'c', { tags: ['a', 'c'] }],
    [['owner'], 'me', { owner: 'me' }],
  ])('%j', (path, value, part) => {
    expect(setting(path, value)).toEqual({ ...(document as object), ...part });
  });

  it('null removes', () => {
    expect(setting(['timing', 'warmUp'], null)).toMatchObject({ timing: {} });
  });

  it.each([
    [['workloads', 'nobody', 'client'], 'nobody'],
    [['tags', '7'], '7'],
    [['tags', '0', 'x'], 'x'],
  ])('says where %j ends', (path, missing) => {
    expect(setting(path, 1)).toEqual({ missing });
  });
});
