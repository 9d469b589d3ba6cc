// THE list of what is built in. A kind that is not here does not exist.
import { kafkaCreateTopic } from './actions/kafka-create-topic.ts';
import { kafkaElectPreferredLeaders } from './actions/kafka-elect-preferred-leaders.ts';
import { kafkaReassign } from './actions/kafka-reassign.ts';
import { kafkaResetOffsets } from './actions/kafka-reset-offsets.ts';
import { kafkaSeek } from './actions/kafka-seek.ts';
import { workloadPause } from './actions/workload-pause.ts';
import { workloadRate } from './actions/workload-rate.ts';
import { workloadScale } from './actions/workload-scale.ts';
import { always } from './assertions/always.ts';
import { availability } from './assertions/availability.ts';
import { difference } from './assertions/difference.ts';
import { duplicates } from './assertions/duplicates.ts';
import { errors } from './assertions/errors.ts';
import { eventually } from './assertions/eventually.ts';
import { isrRecovery } from './assertions/isr-recovery.ts';
import { lagConvergence } from './assertions/lag-convergence.ts';
import { latency } from './assertions/latency.ts';
import { never } from './assertions/never.ts';
import { ordering } from './assertions/ordering.ts';
import { predicted } from './assertions/predicted.ts';
import { rebalances } from './assertions/rebalances.ts';
import { rpo } from './assertions/rpo.ts';
import { rto } from './assertions/rto.ts';
import { DrillError } from './core/error.ts';
import type { Action, Assertion, Fault, Probe, Registry, Reporter, Runtime, Service, Workload } from './core/kinds.ts';
import { hostCrash } from './faults/host-crash.ts';
import { kafkaMoveLeaders } from './faults/kafka-move-leaders.ts';
import { networkBandwidth } from './faults/network-bandwidth.ts';
import { networkLatency } from './faults/network-latency.ts';
import { networkPartition } from './faults/network-partition.ts';
import { networkUnplug } from './faults/network-unplug.ts';
import { processKill } from './faults/process-kill.ts';
import { processPause } from './faults/process-pause.ts';
import { processRestart } from './faults/process-restart.ts';
import { processStop } from './faults/process-stop.ts';
import { redisClientPause } from './faults/redis-client-pause.ts';
import { redisFailover } from './faults/redis-failover.ts';
import { commandProbe } from './probes/command.ts';
import { httpProbe } from './probes/http.ts';
import { kafkaGroup } from './probes/kafka-group.ts';
import { kafkaLag } from './probes/kafka-lag.ts';
import { kafkaLogDirs } from './probes/kafka-log-dirs.ts';
import { kafkaQuorum } from './probes/kafka-quorum.ts';
import { kafkaReplication } from './probes/kafka-replication.ts';
import { redisClients } from './probes/redis-clients.ts';
import { redisInfo } from './probes/redis-info.ts';
import { redisReplication } from './probes/redis-replication.ts';
import { redisTopology } from './probes/redis-topology.ts';
import { attachRuntime } from './runtimes/attach/attach.ts';
import { dockerRuntime } from './runtimes/docker/docker.ts';
import { localRuntime } from './runtimes/local/local.ts';
import { kafka } from './services/kafka/service.ts';
import { redisSentinel } from './services/redis-sentinel/service.ts';
import { commandWorkload } from './workloads/command.ts';
import { httpRequests } from './workloads/http-requests.ts';
import { kafkaConsumer } from './workloads/kafka-consumer.ts';
import { kafkaLedger } from './workloads/kafka-ledger.ts';
import { redisLedger } from './workloads/redis-ledger.ts';

export const builtin: Registry = {
  services: byKind([redisSentinel, kafka]),
  faults: byKind([
    processKill,
    processStop,
    processPause,
    processRestart,
    hostCrash,
    networkPartition,
    networkUnplug,
    networkLatency,
    networkBandwidth,
    redisFailover,
    redisClientPause,
    kafkaMoveLeaders,
  ]),
  actions: byKind([
    workloadRate,
    workloadPause,
    workloadScale,
    kafkaSeek,
    kafkaResetOffsets,
    kafkaElectPreferredLeaders,
    kafkaReassign,
    kafkaCreateTopic,
  ]),
  probes: byKind([
    redisTopology,
    redisReplication,
    redisInfo,
    redisClients,
    kafkaReplication,
    kafkaQuorum,
    kafkaLogDirs,
    kafkaLag,
    kafkaGroup,
    commandProbe,
    httpProbe,
  ]),
  workloads: byKind([redisLedger, kafkaLedger, kafkaConsumer, httpRequests, commandWorkload]),
  assertions: byKind([
    rto,
    rpo,
    predicted,
    isrRecovery,
    availability,
    latency,
    errors,
    ordering,
    duplicates,
    lagConvergence,
    rebalances,
    difference,
    always,
    eventually,
    never,
  ]),
  runtimes: byKind([localRuntime, dockerRuntime, attachRuntime]),
};

function byKind<T extends { readonly kind: string }>(kinds: readonly T[]): ReadonlyMap<string, T> {
  return new Map(kinds.map((kind) => [kind.kind, kind]));
}

/** Kinds of somebody's own: what a plugin module exports, besides anything else. */
export interface KindLists {
  readonly services?: readonly Service[];
  readonly faults?: readonly Fault<unknown>[];
  readonly actions?: readonly Action<unknown>[];
  readonly probes?: readonly Probe<unknown>[];
  readonly workloads?: readonly Workload<unknown>[];
  readonly assertions?: readonly Assertion<unknown>[];
  readonly runtimes?: readonly Runtime[];
  /** Each is used where its name is chosen: `--reporter`, or `reporters` of the config. */
  readonly reporters?: readonly Reporter[];
}
const LISTS = ['services', 'faults', 'actions', 'probes', 'workloads', 'assertions', 'runtimes'] as const;

/** The registry with the kinds of a plugin added. Throws USAGE when there are none, or one has the name of another. */
export function withPlugin(registry: Registry, module: Readonly<Record<string, unknown>>, file: string): Registry {
  if (![...LISTS, 'reporters'].some((list) => module[list] !== undefined)) {
    throw new DrillError('USAGE', 'it brings no kinds', {
      at: file,
      hint: `Export lists of them: ${[...LISTS, 'reporters'].join(', ')}`,
    });
  }
  const merged: Record<string, ReadonlyMap<string, unknown>> = { ...registry };
  for (const list of LISTS) {
    const kinds = module[list];
    if (kinds === undefined) continue;
    if (!Array.isArray(kinds))
      throw new DrillError('USAGE', `its export "${list}" is not a list of kinds`, { at: file });
    const known = new Map<string, unknown>(registry[list]);
    for (const kind of kinds as readonly { readonly kind: string }[]) {
      if (typeof kind?.kind !== 'string')
        throw new DrillError('USAGE', `its export "${list}" holds what is no kind`, { at: file });
      if (known.has(kind.kind)) throw new DrillError('USAGE', `"${kind.kind}" exists already`, { at: file });
      known.set(kind.kind, kind);
    }
    merged[list] = known;
  }
  return merged as unknown as Registry;
}
