import { describe, expect, it } from 'vitest';
import { type MistakeCase, mistakesAfter } from '../../test/drill-mistakes.ts';

const references: MistakeCase[] = [
  ['a workload', 'of: writes', 'of: writs', '24:9: there is no workload "writs"; did you mean "writes"?'],
  [
    'a workload of a list',
    'of: writes',
    'of: [writes, reads]',
    '24:18: there is no workload "reads"; expected one of writes',
  ],
  ['a step', 'since: kill', 'since: kil', '25:12: there is no step or phase "kil"; did you mean "kill"?'],
  ['a param', '$rto', '$rot', '27:15: there is no param "rot"; did you mean "rto"?'],
  ['a param in braces', '$rto', ['$$', '{rto}'].join(''), '27:15: a param is written $rto, without braces'],
  ['no targets', / {4}targets: .*\n/, '', '18:5: process.kill needs targets; say whom, such as targets: redis-primary'],
  [
    'a target',
    'targets: store-primary',
    'targets: [store-1, store-primry]',
    '20:24: there is no node or word "store-primry"; did you mean "store-primary"?',
  ],
  [
    'a zone',
    'targets: store-primary',
    'targets: { oneOf: { zone: d } }',
    '20:31: there is no zone "d"; did you mean "a"?',
  ],
  [
    'a word with an argument',
    'targets: store-primary',
    'targets: { leaderof: orders/0 }',
    '20:16: there is no word "leaderof"; did you mean "leaderOf"?',
  ],
  [
    'a service of several',
    'targets: store-primary',
    'targets: { in: cache, is: store-primary }',
    '20:20: there is no service "cache"; expected one of store',
  ],
  [
    'a fault that is reverted',
    'assertions:',
    '  - revert: kil\nassertions:',
    '22:13: there is no fault step "kil"; did you mean "kill"?',
  ],
  ['a fault that comes later', 'method:', 'method:\n  - revert: kill', '18:13: "kill" comes later than its revert'],
  [
    'a field of a probe',
    'primaries: 1',
    'primares: 1',
    '16:9: store.topology has no field "primares"; did you mean "primaries"?',
  ],
  [
    'a value of a probe that has fields',
    /tolerance:\n.*\n/,
    'tolerance: 1\n',
    '15:18: store.topology has fields, and this asks for a single value; its fields are primaries, replicasInStep, acceptingWrites, lagMs',
  ],
  [
    'a key that an assertion does not take',
    'since: kill',
    'since: kill\n    within: 3s',
    '26:5: rto does not take "within"; it takes of, since',
  ],
  ['a key that an assertion needs', /since: kill\n {4}/, '', '23:5: "since" is missing: rto needs it'],
];

const names: MistakeCase[] = [
  [
    'two workloads',
    'steadyStateHypothesis:',
    '  - name: writes\n    workload: command\n    with: { argv: [x] }\nsteadyStateHypothesis:',
    '11:11: "writes" is there twice (first in line 7); choose another name',
  ],
  [
    'two kinds without a name',
    'assertions:',
    '  - fault: host.crash\n    targets: store-1\n  - fault: host.crash\n    targets: store-1\nassertions:',
    '24:5: "host.crash" is there twice (first in line 22); give one of them a name',
  ],
  [
    'a step called like a phase',
    'name: kill',
    'name: recovery',
    '18:11: "recovery" is a phase: a step needs another name',
    '25:12: there is no step or phase "kill"; expected one of recovery, preflight, gate, warmUp, method, drain, restore',
  ],
];

const tolerances: MistakeCase[] = [
  [
    'an operator in another case',
    'primaries: 1',
    'primaries: { atleast: 1 }',
    '16:22: unknown operator "atleast"; did you mean "atLeast"?',
  ],
  [
    'a list',
    'primaries: 1',
    'primaries: [1, 2]',
    '16:20: expected a value, an operator or a map of fields, got a list; a range is { between: [1, 3] }, a choice { oneOf: [1, 3] }',
  ],
  [
    'a truth that YAML 1.2 takes for a text',
    'primaries: 1',
    'primaries: yes',
    '16:20: "yes" is a text in YAML 1.2; true and false are written so; a text that is meant: { equals: … }',
  ],
  [
    'two operators',
    'primaries: 1',
    'primaries: { equals: 1, atMost: 2 }',
    '16:20: one operator at a time, got equals and atMost',
  ],
  [
    'an operator and a field',
    'primaries: 1',
    'primaries: { atMost: 2, extra: 1 }',
    '16:33: "extra" cannot stand beside the operator atMost',
  ],
  [
    'an empty range',
    'primaries: 1',
    'primaries: { between: [3, 1] }',
    '16:31: nothing is between 3 and 1: the lower one comes first',
  ],
  ['no regular expression', 'primaries: 1', 'primaries: { matches: "[" }', '16:31: this is not a regular expression'],
  [
    'a duration for a count',
    'primaries: 1',
    'primaries: { atMost: 5s }',
    '16:30: expected a number, or a multiple such as 2x before, got "5s"; durations are for fields that end in Ms',
  ],
  [
    'something to compare with, where there is nothing',
    'primaries: 1',
    'primaries: { atMost: 2x before }',
    '16:9: this is judged on a single reading: it has no slope, and nothing before it; say it in an assertion',
  ],
  [
    'an unknown limit of a slope',
    'primaries: 1',
    'primaries: { perMinute: { atmost: 1 } }',
    '16:35: unknown key "atmost"; did you mean "atMost"?',
  ],
  [
    'no tolerance',
    / {6}tolerance:\n.*\n/,
    '',
    '14:7: "tolerance" is missing: expected a value, an operator or a map of fields',
  ],
];

describe('what a drill refers to has to be there', () => {
  describe.each([
    ['references', references],
    ['names', names],
    ['tolerances', tolerances],
  ])('%s', (_, cases) => {
    it.each(cases)('%s', (_what, from, to, ...expected) => {
      expect(mistakesAfter(from, to)).toEqual(expected);
    });
  });
});
