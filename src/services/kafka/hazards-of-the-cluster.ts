// Of controllers, and of settings that are everybody's.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { few, when } from '../hazards.ts';
import { factsOf } from './facts.ts';
import { electionOf, numberIn } from './predict.ts';

/** Runbook 000's own: two heartbeats may be late, and a third. */
const HEARTBEATS_IN_A_SESSION = 3;

export function clusterHazards(question: HazardQuestion): readonly Hazard[] {
  return [
    ...ofTheirNumber(question),
    ...ofTheirPlaces(question),
    ...ofCombination(question),
    ...ofTheSession(question),
    ...ofTypos(question),
    ...ofEligibleLeaders(question),
  ];
}

function ofTheirNumber({ view }: HazardQuestion): readonly Hazard[] {
  const { controllers } = factsOf(view);
  const count = controllers.length;
  const majority = Math.floor(count / 2) + 1;
  return [
    ...when(count > 0 && count < 3, {
      id: 'few-controllers',
      severity: 'critical',
      what: `there ${count === 1 ? 'is one controller' : `are ${count} controllers`}`,
      therefore: `with one lost there is no majority (${majority} of ${count}): leaders, ISRs and topics cannot change, and a broker that dies then is not replaced`,
      mend: 'run three, each in a zone of its own, on hosts that are no brokers',
      where: controllers,
    }),
    ...when(count > 3 && count % 2 === 0, {
      id: 'even-controllers',
      severity: 'warning',
      what: `there are ${count} controllers`,
      therefore: `they stand the loss of ${count - majority}, as ${count - 1} would; split into halves, neither half goes on`,
      mend: 'add one, or take one away',
      where: controllers,
    }),
  ];
}

function ofTheirPlaces({ view, zones }: HazardQuestion): readonly Hazard[] {
  const { controllers } = factsOf(view);
  const placed = controllers.filter((node) => (zones[node] ?? '') !== '');
  return [...Map.groupBy(placed, (node) => zones[node] ?? '')].flatMap(([zone, own]) =>
    when(own.length > 1 && 2 * own.length >= controllers.length, {
      id: 'controllers-in-one-zone',
      severity: 'critical',
      what: `${own.length} of ${controllers.length} controllers are in zone ${zone}: ${few(own)}`,
      therefore: 'with the zone goes the majority: nothing fails over until it is back',
      mend: 'spread them, one to a zone',
      where: own,
    }),
  );
}

function ofCombination({ view, settings }: HazardQuestion): readonly Hazard[] {
  const facts = factsOf(view);
  const both = facts.controllers.filter((node) => view.roles[node]?.includes('broker'));
  const { lowMs, highMs } = electionOf(settings, facts);
  return when(both.length > 0, {
    id: 'combined-controllers',
    severity: 'warning',
    what: `controllers are brokers too: ${few(both)}`,
    therefore: `when the one that is active is lost, an election comes before everything else: ${lowMs / 1000} to ${highMs / 1000} s longer, and every broker is given a new session`,
    mend: 'dedicated controllers, on hosts of their own: runbook 000, section 1',
    where: both,
  });
}

function ofTheSession({ view, settings }: HazardQuestion): readonly Hazard[] {
  const { controllers } = factsOf(view);
  const brokers = Object.keys(view.roles).filter((node) => view.roles[node]?.includes('broker'));
  const sessionMs = numberIn(settings, 'broker.session.timeout.ms', controllers);
  const heartbeatMs = numberIn(settings, 'broker.heartbeat.interval.ms', brokers);
  const isShort =
    sessionMs !== undefined && heartbeatMs !== undefined && sessionMs < HEARTBEATS_IN_A_SESSION * heartbeatMs;
  return when(isShort, {
    id: 'short-session',
    severity: 'warning',
    what: `broker.session.timeout.ms is ${sessionMs}, and a heartbeat comes every ${heartbeatMs}`,
    therefore: 'two late heartbeats are enough to fence a broker that serves: leaders move for nothing',
    mend: `a session of ${HEARTBEATS_IN_A_SESSION} heartbeats or more; Kafka's own are 9000 and 2000`,
    where: controllers,
  });
}

function ofTypos({ settings }: HazardQuestion): readonly Hazard[] {
  const open = brokersWith(settings, 'auto.create.topics.enable', (value) => value === 'true');
  return when(open.length > 0, {
    id: 'auto-create-topics',
    severity: 'warning',
    what: `auto.create.topics.enable is on: ${few(open)}`,
    therefore: `a client's typo makes a topic that nobody watches, with default.replication.factor, which is 1 where nobody says otherwise`,
    mend: 'auto.create.topics.enable=false in every file',
    where: open,
  });
}

/** Level 0 is not told: a feature that is off is not in the list, which is never empty. */
function ofEligibleLeaders({ view, settings }: HazardQuestion): readonly Hazard[] {
  const features = (settings as { features?: Record<string, number> } | null)?.features ?? {};
  const isOff = Object.keys(features).length > 0 && (features['eligible.leader.replicas.version'] ?? 0) < 1;
  return when(isOff, {
    id: 'no-eligible-leaders',
    severity: 'warning',
    what: 'eligible leader replicas (ELR) are off',
    therefore:
      'a replica that was the last one in sync is elected again even when it comes back with less than it had confirmed: after a power loss, acknowledged records are gone',
    mend: 'kafka-features.sh upgrade --feature eligible.leader.replicas.version=1 (Kafka 4.0 or newer); first see min.insync.replicas on the controllers',
    where: factsOf(view).controllers,
  });
}

function brokersWith(
  settings: HazardQuestion['settings'],
  name: string,
  is: (value: string) => boolean,
): readonly NodeName[] {
  const brokers =
    (settings as { broker?: Record<string, Record<string, string | boolean | null>> } | null)?.broker ?? {};
  return Object.entries(brokers).flatMap(([node, config]) => (is(String(config[name] ?? '')) ? [node] : []));
}
