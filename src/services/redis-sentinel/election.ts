// Who would be promoted, by whom, and after how long: what decides before any time runs.
import type { NoBand, PredictQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { factsOf, gapOf, majorityOf, nodesWith, sentinelsUntold, votersOf } from './facts.ts';
import { leastReplicas, numberOf } from './settings.ts';

type Question = Pick<PredictQuestion, 'view' | 'settings' | 'targets'>;

/** Sentinels that answer and are not hurt. */
function watching({ view, settings, targets }: Question): readonly NodeName[] {
  const answering = Object.keys(factsOf(view).sentinelsNaming);
  const told = Object.keys((settings as { readonly sentinel?: object } | null)?.sentinel ?? {});
  return (answering.length > 0 ? answering : told).filter((node) => !targets.includes(node));
}

/**
 * When the first of them has enough that agree with it: a Sentinel counts once its own down-after is over, and whoever asks
 * needs its quorum of them, itself included. Without any quorum told, the slowest one. Undefined = nobody said a down-after.
 */
export function agreedDownMs(question: Question): number | undefined {
  const sentinels = watching(question).flatMap((node) => {
    const downMs = numberOf(question.settings, 'sentinel', node, 'down-after-milliseconds');
    return downMs === undefined ? [] : [{ downMs, quorum: numberOf(question.settings, 'sentinel', node, 'quorum') }];
  });
  const times = sentinels.map(({ downMs }) => downMs).toSorted((a, b) => a - b);
  if (times.length === 0) return undefined;
  const agreed = sentinels.map(({ downMs, quorum = times.length }) => Math.max(downMs, times[quorum - 1] ?? Infinity));
  const first = Math.min(...agreed);
  return Number.isFinite(first) ? first : times.at(-1);
}

/** Why nobody takes over; undefined = somebody does. What rests on nodes that were not read is not known. */
export function obstacleTo(question: Question): NoBand | undefined {
  const undecided = undecidedIn(question);
  if (undecided !== undefined) return undecided;
  const because = whyNobodyServes(question);
  if (because === undefined) return undefined;
  const gap = replicasUntold(question);
  return gap.length === 0 ? { because, outage: 'lasting' } : { because: gapOf(question.view, gap) };
}

/** Why the Sentinels that are left promote nobody, or why that is not known; undefined = they do. */
export function undecidedIn(question: Question): NoBand | undefined {
  const because = whyNobodyDecides(question);
  if (because === undefined) return undefined;
  const gap = sentinelsUntold(question.view).filter((node) => !question.targets.includes(node));
  return gap.length === 0 ? { because, outage: 'lasting' } : { because: gapOf(question.view, gap) };
}

/** Those that are not hurt, and may be in step or not. */
export function replicasUntold({ view, targets }: Omit<Question, 'settings'>): readonly NodeName[] {
  const { primary, untold } = factsOf(view);
  return untold.filter((node) => node !== primary && !targets.includes(node));
}

/** A Sentinel that asks needs the votes of all who agree. */
function whyNobodyDecides(question: Question): string | undefined {
  const voters = votersOf(question.view);
  if (voters === 0) return undefined;
  const left = watching(question);
  const quorums = left.flatMap((node) => numberOf(question.settings, 'sentinel', node, 'quorum') ?? []);
  const needed = Math.max(majorityOf(voters), Math.min(...(quorums.length > 0 ? quorums : [1])));
  if (left.length >= needed) return undefined;
  return `${left.length} of ${voters} Sentinels are left, and ${needed} have to agree: nobody is promoted until one is back`;
}

/** Replicas in step that are not hurt. */
export function replicasLeft({ view, targets }: Omit<Question, 'settings'>): readonly NodeName[] {
  return factsOf(view).inStep.filter((node) => !targets.includes(node));
}

/** Why no replica takes the primary's place, or none that may take writes; undefined = one does. */
function whyNobodyServes(question: Question): string | undefined {
  if (nodesWith(question.view, 'redis').length === 0) return undefined;
  const left = replicasLeft(question);
  if (left.length === 0) return 'no replica is left that has its data: nobody is promoted until the primary is back';
  const able = left.filter((node) => numberOf(question.settings, 'redis', node, 'replica-priority') !== 0);
  if (able.length === 0)
    return `no replica that is left may be promoted (replica-priority 0 on ${left.join(', ')}): it lasts until the primary is back`;
  const least = Math.max(...able.map((node) => leastReplicas(question.settings, node)));
  if (left.length - 1 >= least) return undefined;
  return `the promoted node has ${left.length - 1} of at least ${least} replicas (min-replicas-to-write): it refuses writes (NOREPLICAS) until one is back`;
}
