import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { parseDrill } from './load.ts';

const shipped = readFileSync('drills/kafka-leader-kill.drill.yaml', 'utf8');
const fragments = { read: () => readFileSync('drills/fragments/kafka-healthy.yaml', 'utf8'), siblings: () => [] };
const load = (from: string, to: string) =>
  parseDrill(shipped.replace(from, to), 'x.drill.yaml', { registry: builtin, fragments });

it('a consumer of the records of a ledger that there is not is a mistake', () => {
  expect(() => load('ledger: writes', 'ledger: write')).toThrow('there is no workload "write"; did you mean "writes"?');
});

it('a group that no workload is in is doubted, wherever one is asked for', () => {
  const warning = (from: string, to: string) =>
    load(from, to).warnings.map(({ message, hint }) => `${message}; ${hint}`);
  const doubt = (group: string) => [`no workload of this drill is in a group "${group}"; did you mean "consumers"?`];
  expect(warning('leaderOf: orders/0', 'coordinatorOf: consumrs')).toEqual(doubt('consumrs'));
  expect(warning('group: consumers', 'group: consumer')).toEqual(doubt('consumer'));
  expect(warning('leaderOf: orders/0', 'coordinatorOf: consumers')).toEqual([]);
});

it('a setting that Kafka would pass over is doubted, in a sabotage too; one of a topic is a mistake', () => {
  const typo = load('broker.session.timeout.ms: 60000', 'broker.sesion.timeout.ms: 60000');
  expect(typo.warnings.map(({ message, hint }) => `${message}; ${hint}`)).toEqual([
    'controller has no setting "broker.sesion.timeout.ms": it will be passed over; did you mean "broker.session.timeout.ms"?',
  ]);
  const topic = '    orders:\n      config: { min.insync.replica: 2 }';
  expect(() => load('    orders:', topic)).toThrow('Kafka has no setting "min.insync.replica" for topics');
});
