import type { NoBand, PredictQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import type { Band } from '../../core/verdict.ts';
import { type Detection, detectionOf, outlived } from './detection.ts';
import { agreedDownMs, obstacleTo, replicasLeft, replicasUntold, undecidedIn } from './election.ts';
import { factsOf, gapOf, nodesWith } from './facts.ts';
import { leastReplicas } from './settings.ts';
import { WORDS } from './words.ts';

/**
 * From the failure of the primary to the first acknowledged write, by the constants of sentinel.c (7.0-7.4):
 * +sdown after down-after, plus up to 0.2 s where connections are reset or up to 1.2 s (a PING period and a tick) where
 * the primary is silent; votes and promotion 0.3-0.7 s. Where writes need a replica, the leader sends the other
 * replica to the new primary only after an INFO (every 1 s during a failover) has shown the promotion. The other
 * Sentinels are told then, and whoever follows a majority of them with it: mostly at once, else with the leader's next
 * hello (every 2 s). One that is under way at that moment does it: `sentinelPublishReplyCallback` takes the haste back.
 */
export function predict(question: PredictQuestion): Band | NoBand {
  const detection = detectionOf(question);
  if (detection === undefined) return { because: `no formula for ${question.fault}` };
  const primary = WORDS['redis-primary']?.resolve(question.view)[0];
  if (primary === undefined) return { because: 'no primary that a majority of the Sentinels names' };
  if (!question.targets.includes(primary)) return withoutFailover(question, primary);
  const obstacle = obstacleTo(question);
  if (obstacle !== undefined) return obstacle;
  const downAfterMs = agreedDownMs(question);
  if (downAfterMs === undefined) return { because: 'no Sentinel said its down-after-milliseconds for the primary' };
  return (
    outlived(question, detection, downAfterMs) ??
    failedOver({ downAfterMs, minReplicas: minReplicasAfter(question), setTo: minReplicasSet(question), detection })
  );
}

/** SENTINEL_PUBLISH_PERIOD: between two hellos of a Sentinel, which tell of a new primary. */
const HELLO_MS = 2000;

interface Failover {
  readonly downAfterMs: number;
  readonly minReplicas: number;
  /** What it is on the nodes, by node where they are not set alike. */
  readonly setTo: string | undefined;
  readonly detection: Detection;
}

function failedOver({ downAfterMs, minReplicas, setTo, detection: { atMostMs, earlyMs, how } }: Failover): Band {
  const attachMs = minReplicas > 0 ? 1300 : 1100;
  return {
    lowMs: downAfterMs - earlyMs + 300,
    highMs: downAfterMs + atMostMs + 700 + attachMs + HELLO_MS,
    allowanceMs: 500,
    formula:
      `down-after ${earlyMs > 0 ? `- ${earlyMs / 1000} s (with TLS it counts from the last answer) ` : ''}+ 0.3 s at least; at most down-after + ${atMostMs / 1000} s (detection, ${how})` +
      ` + 0.7 s (votes, promotion) + ${attachMs / 1000} s (${minReplicas > 0 ? 'the other replica attached, publication' : 'publication'}) + ${HELLO_MS / 1000} s (where the other Sentinels are told only by the leader's next hello)`,
    inputs: { 'down-after-milliseconds': downAfterMs, 'min-replicas-to-write': setTo ?? minReplicas },
  };
}

/** What the promoted node may need, whoever that is. */
function minReplicasAfter(question: PredictQuestion): number {
  const told = Object.keys((question.settings as { readonly redis?: object } | null)?.redis ?? {});
  const left = replicasLeft(question).filter((node) => told.includes(node));
  return Math.max(0, ...(left.length > 0 ? left : told).map((node) => leastReplicas(question.settings, node)));
}

/** `0 on redis-1 and 1 on redis-2, redis-3`; undefined = all nodes that told it are set alike. */
function minReplicasSet({ settings }: PredictQuestion): string | undefined {
  const told = Object.keys((settings as { readonly redis?: object } | null)?.redis ?? {});
  const byValue = Map.groupBy(told, (node) => leastReplicas(settings, node));
  if (byValue.size < 2) return undefined;
  return [...byValue].map(([value, nodes]) => `${value} on ${nodes.join(', ')}`).join(' and ');
}

/** The primary lives on: it may still refuse writes, when too few replicas are left to it. */
function withoutFailover(question: PredictQuestion, primary: NodeName): NoBand {
  const usual = 'the primary is not among the targets: no failover is expected';
  // Whom a partition between groups leaves the primary with, its targets do not tell.
  const isWhole =
    question.fault !== 'network.partition' || (question.params as { isolate?: unknown }).isolate !== undefined;
  if (!isWhole || nodesWith(question.view, 'redis').length === 0) return { because: usual };
  const refusal = refusalOf(question, primary);
  if (refusal !== undefined) return refusal;
  const undecided = undecidedIn(question);
  return { because: undecided === undefined ? usual : `${usual}; but ${undecided.because}`, outage: 'none' };
}

/** Why a primary that lives takes no writes, or why that is not known. A Sentinel that is lost changes nothing of it. */
function refusalOf(question: PredictQuestion, primary: NodeName): NoBand | undefined {
  const { view, settings, targets } = question;
  const redis = nodesWith(view, 'redis');
  const isOfRedis = targets.some((node) => redis.includes(node));
  if (factsOf(view).untold.includes(primary)) return isOfRedis ? { because: gapOf(view, [primary]) } : undefined;
  const left = replicasLeft(question).length;
  const least = leastReplicas(settings, primary);
  if (left >= least) return undefined;
  const gap = replicasUntold(question);
  if (gap.length > 0) return isOfRedis ? { because: gapOf(view, gap) } : undefined;
  return {
    because: `${primary} has ${left} of at least ${least} replicas (min-replicas-to-write): it refuses writes (NOREPLICAS) until one is back`,
    outage: 'lasting',
  };
}
