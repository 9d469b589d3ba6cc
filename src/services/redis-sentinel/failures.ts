// What can happen to a Redis under Sentinels, each with the fault that does the same in a drill.
import type { Failure, FailureCase } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { casesByZone } from '../zones.ts';
import { factsOf, nodesWith } from './facts.ts';

const eachOf = (nodes: readonly NodeName[]): readonly FailureCase[] => nodes.map((who) => ({ who, targets: [who] }));

const ofPrimary: Failure['cases'] = (view) => {
  const { primary } = factsOf(view);
  return eachOf(primary === null ? [] : [primary]);
};

export const FAILURES: readonly Failure[] = [
  { what: 'primary killed', fault: 'process.kill', cases: ofPrimary },
  { what: 'primary hung', fault: 'process.pause', cases: ofPrimary },
  { what: 'primary cut off', fault: 'network.partition', params: { isolate: 'redis-primary' }, cases: ofPrimary },
  { what: 'replica killed', fault: 'process.kill', cases: (view) => eachOf(nodesWith(view, 'redis-replica')) },
  { what: 'Sentinel killed', fault: 'process.kill', cases: (view) => eachOf(nodesWith(view, 'sentinel')) },
  // A zone that is lost says goodbye to nobody.
  { what: 'zone lost', fault: 'network.unplug', cases: casesByZone },
];

export const UNSEEN: readonly string[] = [
  'whether clients wait for a replica (WAIT): a write that only the primary has confirmed can be lost in every failover',
  'how soon something starts a dead node again: a primary that is back before down-after is over is not replaced',
];
