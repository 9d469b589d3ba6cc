import type { Json, JsonScalar } from '../../core/json.ts';
import type { NoBand, PredictQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import type { Band } from '../../core/verdict.ts';
import { factsOf, type KafkaFacts, ownPartitions, type PartitionFacts } from './facts.ts';
import { DEFAULTS } from './settings.ts';

/** Faults after which a broker's heartbeats are missing, and nobody tells the controller. */
const SILENCED = new Set(['process.kill', 'process.pause', 'host.crash', 'network.partition', 'network.unplug']);
const STOPPED = 'process.stop';

/**
 * From the failure of brokers to the first acknowledged write with acks=all, by Kafka's own clocks (4.x). A controller
 * fences a broker when its last heartbeat is a session old, and looks every eighth of a session; only then leaders move
 * and ISRs shrink. A controller that has just become active gives every broker a new session first.
 */
export function predict(question: PredictQuestion): Band | NoBand {
  const { fault, view, targets } = question;
  if (!SILENCED.has(fault) && fault !== STOPPED) return { because: `no formula for ${fault}` };
  const facts = factsOf(view);
  const brokers = targets.filter((node) => view.roles[node]?.includes('broker'));
  const lost = targets.filter((node) => facts.controllers.includes(node));
  if (lost.length > 0 && 2 * (facts.controllers.length - lost.length) <= facts.controllers.length)
    return {
      because: `without ${lost.join(' and ')} the controllers have no majority: nothing fails over until it is back`,
      outage: brokers.length > 0 ? 'lasting' : 'none',
    };
  if (brokers.length === 0) return { because: whyNoOutage(facts, question), outage: 'none' };
  const obstacle = fault === 'network.partition' ? whyNotFenced(question.params) : undefined;
  if (obstacle !== undefined) return { because: obstacle };
  return afterTheLossOf(brokers, facts, question);
}

/** Partitions fail over, or some of them do not: those are named, and the band is that of the rest. */
function afterTheLossOf(brokers: readonly NodeName[], facts: KafkaFacts, question: PredictQuestion): Band | NoBand {
  const hit = ownPartitions(facts).filter(([, { replicas }]) => replicas.some((node) => brokers.includes(node)));
  if (hit.length === 0)
    return { because: `${brokers.join(' and ')} hold no partition of a topic: no outage is expected`, outage: 'none' };
  const lasting = hit.flatMap(([unit, partition]) => whyItLasts(unit, partition, { brokers, question }) ?? []);
  const saysGoodbye = question.fault === STOPPED && handsOver(brokers, question.settings);
  const band = saysGoodbye ? handedOver() : fenced(question, facts, brokers);
  const [first] = lasting;
  if (first === undefined) return band;
  const because = lasting.length === 1 ? first : `${first}; the same of ${lasting.length - 1} more`;
  const rest = lasting.length < hit.length && 'lowMs' in band ? { rest: band } : {};
  return { because, outage: 'lasting', ...rest };
}

/** Unless a broker is told not to. */
function handsOver(brokers: readonly NodeName[], settings: Json): boolean {
  const { broker = {} } = (settings ?? {}) as Settings;
  return !brokers.some((node) => String(broker[node]?.['controlled.shutdown.enable'] ?? true) === 'false');
}

/** Leaders are moved before the broker goes; clients learn of it by being refused once. */
function handedOver(): Band {
  return {
    lowMs: 0,
    highMs: 1000,
    allowanceMs: 500,
    formula: 'a controlled shutdown moves the leaders first: metadata and one refused request, at most 1 s',
    inputs: { 'controlled.shutdown.enable': 'true' },
  };
}

function fenced(
  { settings, targets }: PredictQuestion,
  facts: KafkaFacts,
  brokers: readonly NodeName[],
): Band | NoBand {
  const sessionMs = numberIn(settings, 'broker.session.timeout.ms', facts.controllers);
  const heartbeatMs = numberIn(settings, 'broker.heartbeat.interval.ms', brokers);
  if (sessionMs === undefined || heartbeatMs === undefined)
    return { because: 'no node said its broker.session.timeout.ms and broker.heartbeat.interval.ms' };
  const alone: Band = {
    lowMs: sessionMs - heartbeatMs,
    highMs: 1.125 * sessionMs,
    allowanceMs: 500,
    formula: `${SESSION}; ${WRITES}`,
    inputs: { 'broker.session.timeout.ms': sessionMs, 'broker.heartbeat.interval.ms': heartbeatMs },
  };
  const together = targets.filter((node) => facts.controllers.includes(node));
  const { activeController: active } = facts;
  if (active === null ? together.length === 0 : !together.includes(active)) return alone;
  const election = electionOf(settings, facts);
  const first = `${election.formula}; then a new session for every broker, up to 1.125 of it`;
  return {
    lowMs: active === null ? alone.lowMs : election.lowMs + sessionMs,
    highMs: election.highMs + 1.125 * sessionMs,
    allowanceMs: 500,
    // Who is active is decided when a cluster starts, and again whenever that one is lost.
    formula:
      active === null
        ? `${SESSION}; if the active controller is lost with it, first ${first}; ${WRITES}`
        : `${first}; ${WRITES}`,
    inputs: { ...alone.inputs, ...election.inputs },
  };
}

const SESSION =
  'session - heartbeat at least (the last heartbeat may be that old), at most 1.125 x session (looked at every eighth)';
const WRITES = 'acks=all waits for it, acks=1 and reads only where the leader is lost';

/** Another controller is active: the others wait for a fetch in vain, then one stands for election. */
export function electionOf(settings: Json, { controllers }: KafkaFacts): Omit<Band, 'allowanceMs'> {
  const of = (name: 'fetch.timeout.ms' | 'election.timeout.ms' | 'election.backoff.max.ms'): number => {
    const full = `controller.quorum.${name}` as const;
    return numberIn(settings, full, controllers) ?? DEFAULTS.controller[full];
  };
  const [fetchMs, electionMs, backoffMs] = [
    of('fetch.timeout.ms'),
    of('election.timeout.ms'),
    of('election.backoff.max.ms'),
  ];
  return {
    // Their last fetch may have been held by the old one for up to half a second.
    lowMs: Math.max(0, fetchMs - 500),
    highMs: fetchMs + 2 * electionMs + backoffMs,
    formula: `fetch timeout - 0.5 s to fetch timeout + 2 x election timeout + backoff (another controller)`,
    inputs: {
      'controller.quorum.fetch.timeout.ms': fetchMs,
      'controller.quorum.election.timeout.ms': electionMs,
      'controller.quorum.election.backoff.max.ms': backoffMs,
    },
  };
}

function whyNoOutage(facts: KafkaFacts, { targets, settings }: PredictQuestion): string {
  if (facts.activeController === null || !targets.includes(facts.activeController))
    return 'neither a broker nor the active controller is among the targets: no outage is expected';
  const { lowMs, highMs } = electionOf(settings, facts);
  return (
    'clients need no controller: no outage is expected; leaders, ISRs and topics cannot change for ' +
    `${lowMs / 1000} to ${highMs / 1000} s, until another one is active`
  );
}

/** A broker whose heartbeats go through keeps its leaders, whoever else it cannot reach. */
function whyNotFenced(params: unknown): string | undefined {
  const {
    isolate,
    groups = [],
    direction = 'both',
  } = params as {
    readonly isolate?: unknown;
    readonly groups?: readonly unknown[];
    readonly direction?: string;
  };
  if (direction === 'toFirst') return 'the brokers still reach the controllers: they are not fenced';
  const cutsControllers = isolate !== undefined || /"rest"|controller|"zone"/.test(JSON.stringify(groups));
  return cutsControllers ? undefined : 'nothing cuts the brokers from the controllers: they are not fenced';
}

/** A partition that would be without a leader, or have too few replicas for acks=all, once the brokers are fenced. */
function whyItLasts(
  unit: string,
  partition: PartitionFacts,
  { brokers, question: { settings } }: { readonly brokers: readonly NodeName[]; readonly question: PredictQuestion },
): string | undefined {
  const left = partition.isr.filter((node) => !brokers.includes(node));
  if (left.length === 0) return `${unit} has no other replica in sync: nobody may lead it until one is back`;
  const least = minIsrOf(unit, partition, settings);
  if (left.length >= least) return undefined;
  return `${unit} is left with ${left.length} of at least ${least} replicas in sync: acks=all is refused until one is back`;
}

/** 1 where nobody told. */
function minIsrOf(unit: string, { replicas }: PartitionFacts, settings: Json): number {
  const topics = (settings as Settings | null)?.['topics'] ?? {};
  const told = Number(topics[unit.slice(0, unit.lastIndexOf('/'))]?.['min.insync.replicas']);
  return Number.isInteger(told) ? Math.min(told, replicas.length) : 1;
}

type Settings = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonScalar>>>>>>;

/** The largest of what these nodes have for it; where none of them answered, of all nodes. */
export function numberIn(settings: Json, name: string, nodes: readonly NodeName[]): number | undefined {
  const { broker = {}, controller = {} } = (settings ?? {}) as Settings;
  const all = Object.entries({ ...broker, ...controller }).flatMap(([node, config]) => {
    const value = config[name];
    return value === undefined || value === null ? [] : [{ node, value: Number(value) }];
  });
  const own = all.filter(({ node }) => nodes.includes(node));
  const values = (own.length > 0 ? own : all).map(({ value }) => value).filter(Number.isFinite);
  return values.length === 0 ? undefined : Math.max(...values);
}
