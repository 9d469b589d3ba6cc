import { describe, expect, it } from 'vitest';
import { exampleDrill, testRegistry } from '../../test/drill-registry.ts';
import { applyOverride, parseDrill } from './load.ts';

const options = { registry: testRegistry };
const loaded = parseDrill(exampleDrill, 'x.drill.yaml', options);

function sabotaged(name: string) {
  const selfTest = loaded.drill.selfTest.find((test) => test.name === name);
  if (selfTest === undefined) throw new Error(`no self-test ${name}`);
  return applyOverride(loaded, selfTest, options).drill;
}

describe('a self-test', () => {
  it('is the drill with the override merged in', () => {
    const drill = sabotaged('the host dies with its last second unsent');
    expect(drill.method).toMatchObject([
      { name: 'kill', kind: 'host.crash', params: {}, hold: { type: 'untilRecovered' } },
    ]);
    expect(drill.workloads).toMatchObject([{ name: 'writes', params: { rate: 100, confirmedBy: 0 } }]);
    expect(drill.assertions).toEqual(loaded.drill.assertions);
  });

  it('leaves the drill itself as it is, with its name, checksum and self-tests', () => {
    const drill = sabotaged('watchers that wait a minute');
    expect(drill.cluster.settings).toEqual({
      redis: { 'min-replicas-to-write': 1 },
      sentinel: { 'down-after-milliseconds': 60_000 },
    });
    expect(loaded.drill.cluster.settings).toEqual({ redis: { 'min-replicas-to-write': 1 } });
    expect(drill).toMatchObject({ name: 'x', sha256: loaded.drill.sha256, selfTest: loaded.drill.selfTest });
  });

  it('may be one that the drill does not have', () => {
    const position = { file: 'x.drill.yaml', line: 1, col: 1 };
    const test = { name: 'tenth', override: { params: { rto: '1s' } }, fails: ['rto'], position };
    const { drill } = applyOverride(loaded, test, options);
    expect(drill.assertions[0]?.params).toEqual({ atMost: 1000 });
    expect(drill.params).toEqual({ rto: { value: '1s', from: 'selfTest' } });
    const wrong = { ...test, override: { params: { rto: 1 } } };
    expect(() => applyOverride(loaded, wrong, options)).toThrow('expected a duration');
  });

  it('replaces a step and keeps what refers to it', () => {
    const position = { file: 'x.drill.yaml', line: 1, col: 1 };
    const test = {
      name: 'nothing happens',
      override: { method: [{ name: 'kill', pause: '20s' }] },
      fails: [],
      position,
    };
    expect(applyOverride(loaded, test, options).drill.method).toMatchObject([
      { verb: 'pause', name: 'kill', ms: 20_000 },
    ]);
  });
});

describe('a self-test is checked when the drill is', () => {
  const withOverride = (override: string, fails = 'rto'): string =>
    `${exampleDrill}  - name: another\n    override: ${override}\n    fails: ${fails}\n`;

  it.each<[what: string, text: string, mistake: string]>([
    [
      'names an assertion that is not there',
      withOverride('{ timing: { warmUp: 1s } }', 'rot'),
      'x.drill.yaml:90:12: there is no assertion "rot"; did you mean "rto"?',
    ],
    ['is empty', withOverride('{}'), 'x.drill.yaml:89:15: an empty override breaks nothing'],
    [
      'changes nothing',
      withOverride('{ timing: { warmUp: 5s } }'),
      'x.drill.yaml:89:15: this override changes nothing: the drill would pass as before',
    ],
    [
      'has a mistake of its own',
      withOverride('{ timing: { warmup: 5s } }'),
      'x.drill.yaml:89:27: unknown key "warmup"; did you mean "warmUp"?',
    ],
    [
      'names a fault that is not there',
      withOverride('{ method: [{ name: kill, fault: host.crsh }] }'),
      'x.drill.yaml:89:47: there is no fault "host.crsh"; did you mean "host.crash"?',
    ],
    [
      'removes what is referred to',
      withOverride('{ workloads: [{ name: writes, remove: true }] }'),
      'x.drill.yaml:89:15: with this override: x.drill.yaml:48:9: there is no workload "writes"; there is none at all',
    ],
    [
      'removes what is not there',
      withOverride('{ assertions: [{ name: rtoo, remove: true }] }'),
      'x.drill.yaml:89:30: there is no "rtoo" in assertions to remove; did you mean "rto"?',
    ],
    [
      'overrides self-tests',
      withOverride('{ selfTest: [] }'),
      'x.drill.yaml:89:17: an override cannot have "selfTest"',
    ],
  ])('one that %s is a mistake of the drill', (_, text, mistake) => {
    expect(() => parseDrill(text, 'x.drill.yaml', options)).toThrow(mistake);
  });

  it('may fail an assertion that only its override has', () => {
    const override = '{ assertions: [{ assert: rpo, name: none-lost, of: writes, with: { lostWrites: 0 } }] }';
    expect(parseDrill(withOverride(override, 'none-lost'), 'x.drill.yaml', options).drill.selfTest).toHaveLength(4);
  });
});
