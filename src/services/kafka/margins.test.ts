import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../core/cluster.ts';
import { NO_FACTS } from './facts.ts';
import { margins } from './margins.ts';

const partition = (isr: readonly string[]) => ({
  leader: isr[0] ?? null,
  epoch: 1,
  replicas: ['broker-1', 'broker-2', 'broker-3'],
  isr,
});
const all = ['broker-1', 'broker-2', 'broker-3'];
const viewOf = (
  partitions: Readonly<Record<string, readonly string[]>>,
  controllers = ['c-1', 'c-2', 'c-3'],
): ServiceView => ({
  kind: 'kafka',
  roles: {},
  facts: {
    ...NO_FACTS,
    controllers,
    partitions: Object.fromEntries(Object.entries(partitions).map(([unit, isr]) => [unit, partition(isr)])),
  },
});
const settings = { topics: { orders: { 'min.insync.replicas': '2' }, audit: { 'min.insync.replicas': '1' } } };

const left = (without: readonly string[], view: ServiceView) =>
  margins({ without, view, settings }).map(({ what, left: there, needed, otherwise }) => [
    `${there}/${needed} ${what}`,
    otherwise,
  ]);

describe('what is left of a Kafka', () => {
  it('is told of the partition that is nearest to refusing writes, and of the controllers', () => {
    const view = viewOf({ 'audit/0': all, 'orders/0': all, 'orders/1': ['broker-2', 'broker-3'] });
    expect(left(['broker-3'], view)).toEqual([
      ['3/2 controllers for a majority of 3', expect.anything()],
      [
        '1/2 replicas in sync of orders/1, the least of 3 partitions',
        'acks=all is refused until one is back (so for one partition)',
      ],
    ]);
  });

  it('says so where nobody may lead a partition', () => {
    expect(left(['broker-1', 'c-1', 'c-2'], viewOf({ 'audit/0': ['broker-1'] }))).toEqual([
      ['1/2 controllers for a majority of 3', 'no leader, ISR or topic can change until one of them is back'],
      ['0/1 replicas in sync of audit/0', 'nobody may lead it until one is back (so for one partition)'],
    ]);
  });

  it('says nothing of controllers that nobody has seen', () => {
    expect(left(['broker-1'], viewOf({}, []))).toEqual([]);
  });
});
