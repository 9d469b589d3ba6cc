import { describe, expect, it } from 'vitest';
import { type MistakeCase, mistakesAfter } from '../../test/drill-mistakes.ts';

const shape: MistakeCase[] = [
  [
    'a misspelt key',
    'title: t\n',
    'titel: t\n',
    '1:1: "title" is missing: expected text',
    '1:1: unknown key "titel"; did you mean "title"?',
  ],
  ['a misspelt key of an entry', 'hold: 20s', 'hodl: 20s', '21:5: unknown key "hodl"; did you mean "hold"?'],
  [
    'a number for a duration',
    'hold: 20s',
    'hold: 20',
    '21:11: expected a duration such as 20s, untilEnd, or a map with until and atMost, got 20',
  ],
  [
    'a hold that is half said',
    'hold: 20s',
    'hold: { until: recoverd }',
    '21:20: expected recovered, or a map with a probe and its tolerance, got "recoverd"',
  ],
  ['nothing at all', 'hold: 20s', 'hold: 0s', '21:11: a duration of 0 does nothing here'],
  ['a number as text', 'title: t\n', 'title: 007\n', '1:8: expected text, got 7; put it in quotes'],
  [
    'an empty section',
    /workloads:[\s\S]*100\/s\n/,
    'workloads:\n',
    '6:11: expected a list, got nothing',
    '20:9: there is no workload "writes"; there is none at all',
  ],
  [
    'an unknown cadence',
    'params:',
    'cadence: montly\nparams:',
    '2:10: expected one of nightly, daily, weekly, monthly, quarterly, yearly, got "montly"; did you mean "monthly"?',
  ],
  [
    'a name that could be no file',
    'name: writes',
    'name: a/b',
    '7:11: expected a name of letters, digits, dots, dashes and underscores, got "a/b"',
    '24:9: there is no workload "writes"; expected one of a/b',
  ],
  [
    'a service with a strange name',
    '[store]',
    '{ a b: store }',
    '5:15: expected a name of letters, digits, dots, dashes and underscores, got "a b"',
  ],
  ['a negative limit', 'params:', 'blastRadius: { maxNodes: -1 }\nparams:', '2:26: expected at least 1, got -1'],
  [
    'a step without a verb',
    'fault: process.kill',
    'falt: process.kill',
    '18:5: a step is exactly one of fault, action, waitFor, revert, pause; did you mean "fault"?',
  ],
  [
    'a step of two verbs',
    'hold: 20s',
    'pause: 20s',
    '18:5: a step is exactly one of fault, action, waitFor, revert, pause, and this one is fault and pause',
  ],
  [
    'time to hold that is longer than all the time',
    'params:',
    'timing: { heldFor: 2m }\nparams:',
    '2:9: the steady state cannot hold for 2 m 0 s (heldFor) within 60.00 s (recoveryWithin)',
  ],
];

const kinds: MistakeCase[] = [
  [
    'an unknown fault',
    'process.kill',
    'process.kil',
    '19:12: there is no fault "process.kil"; did you mean "process.kill"?',
  ],
  [
    'an action as a fault',
    'process.kill',
    'store.failover',
    '19:12: there is no fault "store.failover"; it is an action',
  ],
  [
    'an unknown fault, with an unknown target',
    /process\.kill\n {4}targets: store-primary/,
    'process.kil\n    targets: store-primry',
    '19:12: there is no fault "process.kil"; did you mean "process.kill"?',
    '20:14: there is no node or word "store-primry"; did you mean "store-primary"?',
  ],
  ['the end of a name', 'process.kill', 'kill', '19:12: there is no fault "kill"; did you mean "process.kill"?'],
  ['an unknown service', '[store]', '[stor]', '5:14: there is no service "stor"; did you mean "store"?'],
  [
    'an unknown scope',
    '[store]',
    '[store]\n  settings: { rediss: { a: 1 } }',
    '6:15: no service of this drill has settings called "rediss"; did you mean "redis"?',
  ],
  [
    'settings that no node can be made of',
    '[store]',
    '[store]\n  settings: { redis: { port: none } }',
    '6:13: store cannot be made with these settings: a node needs a port',
  ],
  [
    'an unknown client',
    'workload: store.ledger',
    'workload: store.ledger\n    client: oracel',
    '9:13: store.ledger has no client "oracel"; did you mean "oracle"?',
  ],
  [
    'a client where there is none to choose',
    /workload: store.ledger\n.*\n.*\n/,
    'workload: command\n    client: oracle\n    with: { argv: [x] }\n',
    '9:13: command has no client "oracle"; leave it out',
  ],
  [
    'an unknown parameter',
    'rate: 100/s',
    'rate: 100/s\n      confirmedby: 1',
    '11:7: unknown key "confirmedby"; did you mean "confirmedBy"?',
  ],
  [
    'a parameter of the wrong type',
    'rate: 100/s',
    'rate: 100',
    '10:13: expected a rate with a unit, such as 100/s or 6000/m, got 100',
  ],
  [
    'a choice of neither type',
    'rate: 100/s',
    'rate: 100/s\n      confirmedBy: some',
    '11:20: expected a number or all, got "some"',
  ],
  [
    'a missing parameter',
    / {4}with:\n {6}rate.*\n/,
    '',
    '7:5: "rate" is missing: expected a rate with a unit, such as 100/s or 6000/m',
  ],
  ['parameters that are no map', / {4}with:\n {6}rate.*\n/, '    with: 3\n', '9:11: expected a map, got 3'],
];

describe('a mistake is one line that says what is wrong and what was meant', () => {
  it('and the drill without it has none', () => {
    expect(mistakesAfter('title: t', 'title: u')).toEqual([]);
  });
  describe.each([
    ['shape', shape],
    ['kinds', kinds],
  ])('%s', (_, cases) => {
    it.each(cases)('%s', (_what, from, to, ...expected) => {
      expect(mistakesAfter(from, to)).toEqual(expected);
    });
  });
});

describe('all the mistakes of a file', () => {
  it('are told at once, in the order of the file', () => {
    const found = mistakesAfter(
      /process.kill[\s\S]*/,
      'process.kil\nassertions:\n  - assert: rtoo\n  - assert: never\n    prob: store.topology\n',
    );
    expect(found).toEqual([
      '19:12: there is no fault "process.kil"; did you mean "process.kill"?',
      '21:13: there is no assertion "rtoo"; did you mean "rto"?',
      '22:5: "probe" is missing: never needs it',
      '22:5: "tolerance" is missing: never needs it',
      '23:5: unknown key "prob"; did you mean "probe"?',
    ]);
  });
});
