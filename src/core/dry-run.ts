// What a dry run has found out of somebody's cluster and a drill. Nothing in it has happened to the cluster.
import type { Capability, NodeStatus } from './cluster.ts';
import type { Json } from './json.ts';
import type { NeededRight, RightAnswer } from './kinds.ts';
import type { NodeName } from './node.ts';
import type { Margin, NoBand, Rehearsal } from './service.ts';
import type { Band } from './verdict.ts';

/**
 * `proved`: it is so, as the cluster itself says. `wouldDo`: a run would. `cannotProve`: whether it is so, or would be, was
 * not to be found out without doing it. `refused`: a run would end there, or be refused.
 */
export type Standing = 'proved' | 'wouldDo' | 'cannotProve' | 'refused';

interface Stands {
  readonly standing: Standing;
  /** Of `cannotProve` and `refused`, and of what is not predicted: why. */
  readonly because?: string;
}

/** Each is one thing that was looked at, in the order in which a run would come to it. */
export type DryRunItem = Stands &
  /** The drill as a whole cannot be done there. */
  (
    | { readonly about: 'plan' }
    | {
        readonly about: 'cluster';
        readonly service: string;
        readonly nodes: readonly {
          readonly name: NodeName;
          readonly roles: readonly string[];
          readonly zone: string;
        }[];
      }
    /** `expected` and `actual` where its tolerance is asked for now; else it was only read. */
    | {
        readonly about: 'probe';
        readonly probe: string;
        readonly use: 'steadyState' | 'stopCondition' | 'later';
        readonly value?: Json;
        readonly expected?: string;
        readonly actual?: string;
      }
    | { readonly about: 'right'; readonly right: NeededRight; readonly nodes: RightAnswer['nodes'] }
    /** `leaves`: what the removal of all that it writes would need to know. */
    | { readonly about: 'workload'; readonly workload: string; readonly leaves?: Json }
    /** `absent`: it would be made, and deleted in the end. `there`: it is as the drill declares it, and stays. */
    | { readonly about: 'topic'; readonly topic: string; readonly state?: Rehearsal['topics'][number]['state'] }
    /** Of a fault: who is meant now, and what its undo would need to know. `choices`: some are chosen at random. */
    | {
        readonly about: 'step';
        readonly step: string;
        readonly targets?: readonly NodeName[];
        readonly touches?: readonly NodeName[];
        readonly choices?: boolean;
        readonly undo?: Json;
        /** What somebody has to know before it is done. */
        readonly warnings?: readonly string[];
      }
    | { readonly about: 'blastRadius'; readonly step: string; readonly touches: readonly NodeName[] }
    | {
        readonly about: 'control';
        readonly step: string;
        readonly capability: Capability;
        readonly node?: NodeName;
        readonly status?: NodeStatus;
      }
    | {
        readonly about: 'predicted';
        readonly step: string;
        readonly service: string;
        readonly band?: Band;
        readonly outage?: NoBand['outage'];
        readonly rest?: NoBand['rest'];
      }
    | {
        readonly about: 'margin';
        readonly step: string;
        readonly service: string;
        readonly without: readonly NodeName[];
        readonly margin: Margin;
      }
  );

/** result.json of a dry run: another schema than that of a run, so that nobody takes the one for the other. */
export interface DryRunReport {
  readonly schema: 'firedrill.dry-run/1';
  readonly dryRun: true;
  readonly runId: string;
  readonly target: string | undefined;
  readonly runtime: string;
  readonly drill: { readonly name: string; readonly file: string; readonly title: string; readonly sha256: string };
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  /** The worst of its items. */
  readonly standing: Standing;
  readonly items: readonly DryRunItem[];
}

const ORDER: readonly Standing[] = ['refused', 'cannotProve', 'wouldDo', 'proved'];

export function worstStanding(items: readonly { readonly standing: Standing }[]): Standing {
  return ORDER.find((standing) => items.some((item) => item.standing === standing)) ?? 'proved';
}
