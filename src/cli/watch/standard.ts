// What is watched of services when no drill says it: whether they serve, who is connected, and a few writes of our own.
import { DrillError } from '../../core/error.ts';
import type { JsonObject } from '../../core/json.ts';

export interface WatchedService {
  readonly name: string;
  readonly kind: string;
  /** Nodes of it that hold data: brokers, Redis nodes. */
  readonly dataNodes: number;
}

/** Kinds of services that a watch knows without a drill. */
export const WATCHED_KINDS = ['redis-sentinel', 'kafka'] as const;

const TOPIC = 'watch';
const MOST_PARTITIONS = 12;

/** A drill's document, without anything that is done. Throws USAGE for a kind that nobody knows how to watch. */
export function standardDocument(title: string, services: readonly WatchedService[]): JsonObject {
  const parts = services.map((service) => ({ service, ...partOf(service) }));
  const kafka = services.find(({ kind }) => kind === 'kafka');
  return {
    title,
    cluster: {
      services: Object.fromEntries(services.map(({ name, kind }) => [name, kind])),
      ...(kafka === undefined ? {} : { topics: { [TOPIC]: topicFor(kafka) } }),
    },
    workloads: parts.map(({ service, workload }) => ({ name: nameOf('writes', service, services), ...workload })),
    steadyStateHypothesis: {
      title: 'Every service serves',
      probes: parts.map(({ service, probe }) => ({
        name: nameOf(probe.probe, service, services),
        ...probe,
      })),
    },
    method: [],
    timing: { warmUp: '5s', startWithin: '5s', recoveryWithin: '5s', heldFor: '1s', drainWithin: '30s' },
  };
}

/** With one service of everything nobody has to say which. */
function nameOf(what: string, { name }: WatchedService, services: readonly WatchedService[]): string {
  return services.length === 1 ? what : `${what}-${name}`;
}

interface Part {
  readonly workload: JsonObject;
  readonly probe: JsonObject & { readonly probe: string };
}

function partOf({ name, kind }: WatchedService): Part {
  switch (kind) {
    case 'redis-sentinel':
      return {
        workload: { workload: 'redis.ledger', client: 'oracle', with: { rate: '50/s', confirmedBy: 1, service: name } },
        probe: {
          probe: 'redis.topology',
          every: '200ms',
          timeout: '400ms',
          with: { service: name },
          tolerance: { acceptingWrites: 1 },
        },
      };
    case 'kafka':
      return {
        workload: { workload: 'kafka.ledger', client: 'oracle', with: { topic: TOPIC, rate: '20/s', service: name } },
        probe: {
          probe: 'kafka.replication',
          every: '200ms',
          timeout: '400ms',
          with: { service: name },
          tolerance: { offline: 0, underMinIsr: 0 },
        },
      };
    default:
      throw new DrillError('USAGE', `nobody has said how a ${kind} is watched`, {
        hint: 'Name a drill: what it probes and writes is watched.',
      });
  }
}

/** A partition for every broker, so that each one's loss is seen. */
function topicFor({ dataNodes }: WatchedService): JsonObject {
  return { partitions: Math.min(MOST_PARTITIONS, Math.max(1, dataNodes)), replicationFactor: Math.min(3, dataNodes) };
}
