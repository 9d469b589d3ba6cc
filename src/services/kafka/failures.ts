// What can happen to a Kafka, each with the fault that does the same in a drill.
import type { ServiceView } from '../../core/cluster.ts';
import type { Failure, FailureCase } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { casesByZone } from '../zones.ts';
import { factsOf } from './facts.ts';

const eachOf = (nodes: readonly NodeName[]): readonly FailureCase[] => nodes.map((who) => ({ who, targets: [who] }));

const ofBrokers = (view: ServiceView): readonly FailureCase[] =>
  eachOf(Object.entries(view.roles).flatMap(([node, roles]) => (roles.includes('broker') ? [node] : [])));

/** Those that are brokers too are among the brokers. */
const ofControllers = (view: ServiceView): readonly FailureCase[] =>
  eachOf(factsOf(view).controllers.filter((node) => view.roles[node]?.includes('broker') !== true));

export const FAILURES: readonly Failure[] = [
  { what: 'broker killed', fault: 'process.kill', cases: ofBrokers },
  { what: 'broker hung', fault: 'process.pause', cases: ofBrokers },
  { what: 'broker cut off', fault: 'network.partition', params: { isolate: 'broker' }, cases: ofBrokers },
  { what: 'broker stopped in order', fault: 'process.stop', cases: ofBrokers },
  { what: 'controller killed', fault: 'process.kill', cases: ofControllers },
  // A zone that is lost says goodbye to nobody.
  { what: 'zone lost', fault: 'network.unplug', cases: casesByZone },
];

/** Sentences for people. */
export function unseen(view: ServiceView): readonly string[] {
  const { controllers, activeController: active } = factsOf(view);
  const strangers = controllers.filter((node) => view.roles[node] === undefined);
  const both = controllers.some((node) => view.roles[node]?.includes('broker'));
  return [
    'acks of producers: no broker tells it. The times hold for acks=all; with acks=1 or 0, what only the lost leader had is gone without an error',
    'what a client library adds: kafkajs with its defaults waits 30 s for a dead broker that it has requests under way to',
    ...(both
      ? [
          `who is the active controller then: ${active === null ? 'nobody says who it is' : `it is ${active}`} now. A broker that is it is missed for longer, by an election`,
        ]
      : []),
    ...(strangers.length === 0
      ? []
      : [
          `what ${strangers.join(', ')} are set to, and where they stand: clients do not reach these controllers. Their session and quorum timeouts are taken to be those that the brokers have in their files`,
        ]),
  ];
}
