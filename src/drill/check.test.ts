import { describe, expect, it } from 'vitest';
import { exampleDrill, richDrill, testRegistry } from '../../test/drill-registry.ts';
import { parseDrill } from './load.ts';

const action = '  - name: act\n    action: store.failover\nstopConditions:';

function warnings(...replacements: [from: string | RegExp, to: string][]): string[] {
  const changed = replacements.reduce((text, [from, to]) => text.replace(from, to), exampleDrill);
  const loaded = parseDrill(changed, 'x.drill.yaml', { registry: testRegistry });
  return loaded.warnings.map(
    ({ line, message, hint }) => `${line}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
  );
}

describe('what is well-formed and proves little is warned of', () => {
  it.each<[what: string, from: string | RegExp, to: string, warning: string]>([
    [
      'an objective beyond the hold',
      'rto: 10s',
      'rto: 30s',
      '47: "kill" is reverted after 20.00 s at most, and the objective is 30.00 s: what recovers after the revert was rescued; hold it for longer',
    ],
    [
      'a warm-up of few operations',
      'rate: 100/s',
      'rate: 2/s',
      '17: only 10 operations fit into the warm-up: too few to know what is usual; warm up for 10.00 s',
    ],
    [
      'a hold that ends before recovered can be said',
      'atMost: 20s',
      'atMost: 5s',
      '34: recovered means ok for 5.00 s (heldFor): it is held for less',
    ],
    [
      'a revert of what has been reverted',
      'stopConditions:',
      '  - revert: kill\nstopConditions:',
      '40: "kill" has been reverted by then: its hold is over; hold it untilEnd, or let it overlap',
    ],
    [
      'overlap with nothing',
      'targets: store-primary',
      'targets: store-primary\n    overlap: true',
      '34: overlap on the last step: nothing begins while it is in',
    ],
    [
      'an assertion that no self-test breaks',
      'fails: rpo',
      'fails: rto',
      '52: no selfTest makes "rpo" fail; add one, or say why there is none: unproven: …',
    ],
    [
      'no self-test',
      /selfTest:[\s\S]*/,
      '',
      '2: unproven: there is no selfTest that shows that its assertions can fail',
    ],
    ['no assertion', /assertions:[\s\S]*/, '', '2: nothing is asserted: the drill can prove nothing'],
    ['an empty method', /method:[\s\S]*/, 'method: []\n', '33: the method is empty: nothing happens to the cluster'],
  ])('%s', (_, from, to, warning) => {
    expect(warnings([from, to])).toContain(warning);
  });

  it('an assertion during what is over in no time', () => {
    const found = warnings(['stopConditions:', action], [/during: kill/, 'during: act']);
    expect(found).toEqual(['58: during "act": an action is over in no time']);
  });

  it('a hold until nobody sees', () => {
    const found = warnings([/workloads:[\s\S]*?timing:/, 'timing:'], [/assertions:[\s\S]*/, '']);
    expect(found).toContain(
      '27: held until recovered, and there is no workload that could see an outage; give it a duration',
    );
  });

  it('unless the drill says why no self-test is possible', () => {
    const text = exampleDrill
      .replace('fails: rpo', 'fails: rto')
      .replace('    name: split', '    unproven: because\n    name: split');
    const { drill } = parseDrill(text.replace('lostWrites: 0', 'lostWrites: 0\n    unproven: it is'), 'x.drill.yaml', {
      registry: testRegistry,
    });
    expect(drill.assertions.map(({ unproven }) => unproven)).toEqual([undefined, 'it is', 'because']);
  });
});

describe('the rest of the language', () => {
  const { drill } = parseDrill(richDrill, 'x.drill.yaml', { registry: testRegistry });

  it('names steps without a name, and knows every verb', () => {
    expect(drill.method.map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      'fault cut',
      'pause pause',
      'waitFor store.info',
      'fault slow',
      'revert revert',
      'action store.failover',
      'fault process.kill',
    ]);
  });

  it('holds for a time, until the end, until recovered, or until a probe says so', () => {
    const holds = drill.method.flatMap((step) => (step.verb === 'fault' ? [step.hold] : []));
    expect(holds).toMatchObject([
      { type: 'untilEnd' },
      {
        type: 'untilProbe',
        atMostMs: 9000,
        probe: { kind: 'store.topology' },
        tolerance: { fields: { lagMs: { op: 'atMost', value: 2000 } } },
      },
      { type: 'duration', ms: 3000 },
    ]);
  });

  it('samples by kind and parameters: a name of the hypothesis stands for both', () => {
    const samplers = [
      ...drill.steadyStateHypothesis.probes.map(({ name }) => name),
      drill.stopConditions[0]?.probe.name,
      ...drill.assertions.map(({ probe }) => probe?.name),
    ];
    expect(samplers).toEqual(['whole', 'store.info', 'store.topology', undefined, 'whole', 'store.info#3']);
    expect(drill.assertions[1]?.probe?.params).toEqual({ strict: true });
    expect(drill.assertions[2]?.probe).toMatchObject({ everyMs: 1000, timeoutMs: 400 });
  });

  it('has services by name and selectors of every sort', () => {
    expect(drill.cluster.services).toEqual({ sessions: 'store', cache: 'store' });
    const targets = drill.method.flatMap((step) => ('targets' in step ? [step.targets] : []));
    expect(targets).toEqual([
      undefined,
      { minorityOf: { in: 'sessions', is: 'store-replicas' } },
      { majorityOf: ['sessions-1', 'cache-2'] },
      [{ zone: 'a' }, { oneOf: 'store-replicas' }, { word: 'leaderOf', arg: 'orders/0' }],
    ]);
  });
});
