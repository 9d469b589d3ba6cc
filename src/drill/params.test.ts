import { describe, expect, it } from 'vitest';
import { exampleDrill, testRegistry } from '../../test/drill-registry.ts';
import type { LoadOptions } from './load.ts';
import { parseDrill } from './load.ts';

function load(text: string, options: Partial<LoadOptions> = {}) {
  return parseDrill(text, 'x.drill.yaml', { registry: testRegistry, ...options });
}
function withArgv(argv: string): string {
  const own = `workloads:\n  - name: own\n    workload: command\n    with:\n      argv: ${argv}`;
  return exampleDrill.replace('workloads:', () => own);
}

describe('a param', () => {
  it('stands for a whole value, with its type', () => {
    const text = exampleDrill
      .replace('rto: 10s', 'rto: 10s\n  who: [store-1, store-2]\n  count: 2')
      .replace('targets: store-primary', 'targets: $who')
      .replace('confirmedBy: 1', 'confirmedBy: $count');
    const { drill } = load(text);
    expect(drill.method[0]).toMatchObject({ targets: ['store-1', 'store-2'] });
    expect(drill.workloads[0]?.params).toMatchObject({ confirmedBy: 2 });
    expect(drill.assertions[0]?.params).toEqual({ atMost: 10_000 });
  });

  it('is replaced nowhere else: $$ is a dollar, and inside a text it stays, with a word of warning', () => {
    const { drill, warnings } = load(withArgv('[sh, -c, "echo $HOME $rto", $$HOME, $5]'));
    expect(drill.workloads[0]?.params).toEqual({ argv: ['sh', '-c', 'echo $HOME $rto', '$HOME', '$5'] });
    expect(warnings).toMatchObject([
      { message: '$rto stands inside a text and is not replaced: only a whole value is' },
    ]);
  });

  it('comes from the drill, from --param, or from where the caller says', () => {
    expect(load(exampleDrill).drill.params).toEqual({ rto: { value: '10s', from: 'drill' } });
    const given = load(exampleDrill, { params: { rto: '5s' } }).drill;
    expect(given.params).toEqual({ rto: { value: '5s', from: '--param' } });
    expect(given.assertions[0]?.params).toEqual({ atMost: 5000 });
    const target = load(exampleDrill, { params: { rto: '5s' }, paramsFrom: { rto: 'targets/prod.yaml' } }).drill;
    expect(target.params['rto']?.from).toBe('targets/prod.yaml');
  });

  it('keeps its type when it is given as text', () => {
    const text = exampleDrill
      .replace('rto: 10s', 'rto: 10s\n  count: 1')
      .replace('confirmedBy: 1', 'confirmedBy: $count');
    expect(load(text, { params: { count: '0' } }).drill.workloads[0]?.params).toMatchObject({ confirmedBy: 0 });
    expect(() => load(text, { params: { rto: '10' } })).toThrow(
      'x.drill.yaml:52:15: expected a duration with a unit, such as 500ms, 30s or 2m, got "10"; the value is that of $rto (--param rto=10)',
    );
  });

  it('that nobody uses is doubtful; one that only a self-test uses is not', () => {
    const unused = exampleDrill.replace('rto: 10s', 'rto: 10s\n  rate: 5/s');
    expect(load(unused).warnings).toMatchObject([{ line: 11, col: 3, message: 'the param "rate" is not used' }]);
    expect(load(unused.replace('confirmedBy: 0', 'rate: $rate')).warnings).toEqual([]);
  });

  it.each<[what: string, options: Partial<LoadOptions>, message: string]>([
    [
      'one that the drill does not have',
      { params: { rt: '5s' } },
      '--param rt=5s: the drill has no param "rt"; did you mean "rto"?',
    ],
    [
      'a set without a value',
      { set: ['timing.warmUp'] },
      '--set timing.warmUp: expected path=value, such as timing.warmUp=2s or workloads.writes.with.rate=10/s',
    ],
    [
      'a set that leads nowhere',
      { set: ['workloads.reads.client=x'] },
      '--set workloads.reads.client=x: there is no "reads" at this path',
    ],
    [
      'a set of an unknown key',
      { set: ['timing.warmup=2s'] },
      '--set timing.warmup=2s: unknown key "warmup"; did you mean "warmUp"?',
    ],
    [
      'a set of the wrong type',
      { set: ['timing.warmUp=2'] },
      '--set timing.warmUp=2: expected a duration with a unit, such as 500ms, 30s or 2m, got 2',
    ],
    [
      'a set that is no YAML',
      { set: ['tags=[a'] },
      '--set tags=[a: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('%s is a mistake', (_, options, message) => {
    expect(() => load(exampleDrill, options)).toThrow(message);
  });

  it.each([
    [
      'a param that refers to another',
      'rto: $other\n  other: 5s',
      'x.drill.yaml:10:8: a param cannot refer to another one',
    ],
    [
      'a name that nobody could refer to',
      'rto: 5s\n  "a b": 1',
      'x.drill.yaml:11:3: "a b" cannot be referred to: a param is letters, digits, - and _',
    ],
  ])('%s is one', (_, params, message) => {
    expect(() => load(exampleDrill.replace('rto: 10s', params))).toThrow(message);
  });
});

describe('--set', () => {
  it('goes over anything, parts with dots in quotes', () => {
    const { drill } = load(exampleDrill, {
      set: [
        'timing.warmUp=2s',
        'method.kill.hold={ until: recovered, atMost: 9s }',
        'cluster.settings.redis."max.memory"=1mb',
        'stopConditions=null',
      ],
    });
    expect(drill.timing.warmUpMs).toBe(2000);
    expect(drill.method[0]).toMatchObject({ hold: { atMostMs: 9000 } });
    expect(drill.cluster.settings['redis']).toMatchObject({ 'max.memory': '1mb' });
    expect(drill.stopConditions).toEqual([]);
  });

  it('may be what a self-test does: that is of the drill as it is written', () => {
    const set = ['cluster.settings.sentinel.down-after-milliseconds=60000'];
    expect(load(exampleDrill, { set }).drill.selfTest[0]).toMatchObject({ fails: ['rto'] });
  });

  it('can set a param, which then says so', () => {
    expect(load(exampleDrill, { set: ['params.rto=3s'] }).drill.params).toEqual({
      rto: { value: '3s', from: '--set' },
    });
  });
});
