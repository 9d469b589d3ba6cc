// What the parts of one run share while it lasts.

import type { Clock } from '../core/clock.ts';
import type { Cluster } from '../core/cluster.ts';
import type { JournalSink } from '../core/journal.ts';
import type { LiveContext, RunningWorkload } from '../core/kinds.ts';
import { CALM_PATIENCE_MS } from '../core/patience.ts';
import type { Random } from '../core/random.ts';
import type { Plan } from './plan.ts';
import type { Samplers } from './samplers.ts';
import type { UndoLog } from './undo-log.ts';

export interface Session {
  readonly runId: string;
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly journal: JournalSink;
  readonly random: Random;
  readonly undoLog: UndoLog;
  readonly samplers: Samplers;
  readonly workloads: ReadonlyMap<string, RunningWorkload>;
  /** Aborted when the run is to end early: Ctrl-C, a stop condition. Undo does not listen to it. */
  readonly ending: AbortSignal;
  /** There when the run only watches: aborted when it has seen enough. */
  readonly enough: AbortSignal | undefined;
}

/** A context whose signal ends with the run. */
export function liveContext(session: Session, signal: AbortSignal = session.ending): LiveContext {
  const { cluster, clock, journal } = session;
  return { cluster, clock, journal, signal };
}

/** While nothing is hurt and nothing measured: a node that is slow to answer is waited for, because what it says is needed. */
export function calmContext(session: Session, signal?: AbortSignal): LiveContext {
  return { ...liveContext(session, signal), patienceMs: CALM_PATIENCE_MS };
}

/** Aborted when the run is to go on to its next phase. */
export function enoughOrEnding({ ending, enough }: Pick<Session, 'ending' | 'enough'>): AbortSignal {
  return enough === undefined ? ending : AbortSignal.any([ending, enough]);
}
