// A drill that does nothing: what it probes and writes is left of it, and a step in which nothing is done.
import type { Drill, ProbeSpec, StepSpec } from '../../core/drill.ts';
import type { Registry } from '../../core/kinds.ts';

export interface WatchOptions {
  readonly forMs: number;
  /** False: nothing is written to the cluster. */
  readonly writes: boolean;
}

const CENSUS = 'redis.clients';
const CENSUS_KIND_OF_SERVICE = 'redis-sentinel';
const CENSUS_EVERY_MS = 250;

/** As long as it takes to see how it stands. */
const START_WITHIN_MS = 5000;
const RECOVERY_WITHIN_MS = 5000;
const HELD_FOR_MS = 1000;

/** Nothing of it is judged: what it asserts is about faults. A census of clients is taken where there can be one. */
export function watchOf(drill: Drill, registry: Registry, { forMs, writes }: WatchOptions): Drill {
  const position = drill.steadyStateHypothesis.probes[0]?.position ?? { file: drill.file, line: 1, col: 1 };
  const watch: StepSpec = { verb: 'pause', name: 'watch', ms: forMs, position };
  const { probes, title } = drill.steadyStateHypothesis;
  return {
    ...drill,
    ...namesOf(drill),
    proves: [],
    onFailure: undefined,
    workloads: writes ? drill.workloads : [],
    cluster: writes ? drill.cluster : { ...drill.cluster, topics: {} },
    timing: {
      ...drill.timing,
      startWithinMs: START_WITHIN_MS,
      recoveryWithinMs: RECOVERY_WITHIN_MS,
      heldForMs: HELD_FOR_MS,
    },
    steadyStateHypothesis: { title, probes: [...probes, ...censuses(drill, registry, position)] },
    method: [watch],
    stopConditions: [],
    assertions: [],
    selfTest: [],
  };
}

function namesOf({ name, title }: Drill): Pick<Drill, 'name' | 'title'> {
  if (name.startsWith('watch-')) return { name, title };
  return { name: `watch-${name}`, title: `What happens to the cluster of ${name} by itself` };
}

/** One for each service that has clients to be counted, and whose drill does not count them already. */
function censuses(drill: Drill, registry: Registry, position: ProbeSpec['position']): readonly ProbeSpec[] {
  const kind = registry.probes.get(CENSUS);
  if (kind === undefined || drill.steadyStateHypothesis.probes.some((probe) => probe.kind === CENSUS)) return [];
  const services = Object.entries(drill.cluster.services).filter(([, service]) => service === CENSUS_KIND_OF_SERVICE);
  return services.map(([service]) => ({
    name: services.length === 1 ? CENSUS : `${CENSUS}-${service}`,
    kind: CENSUS,
    params: kind.params.parse({ service }),
    everyMs: CENSUS_EVERY_MS,
    timeoutMs: 400,
    // It counts, and nothing that it counts is wrong.
    tolerance: { fields: { onPrimary: { op: 'atLeast', value: 0 } } },
    position,
  }));
}
