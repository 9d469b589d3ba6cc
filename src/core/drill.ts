// A drill as the rest of the program sees it: loaded, checked, with numbers instead of unit strings.
import type { Json, JsonObject } from './json.ts';
import type { Tolerance } from './tolerance.ts';

/** Where in a file something was said; findings point at it. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

export interface Drill {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly title: string;
  readonly description: string;
  readonly proves: readonly { readonly runbook: string; readonly step: string }[];
  readonly onFailure: string | undefined;
  readonly owner: string | undefined;
  readonly cadence: string | undefined;
  readonly tags: readonly string[];
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly cluster: DrillCluster;
  readonly workloads: readonly WorkloadSpec[];
  readonly timing: Timing;
  readonly steadyStateHypothesis: { readonly title: string; readonly probes: readonly ProbeSpec[] };
  readonly method: readonly StepSpec[];
  readonly stopConditions: readonly StopConditionSpec[];
  readonly assertions: readonly AssertionSpec[];
  readonly selfTest: readonly SelfTestSpec[];
  readonly blastRadius: BlastRadius;
  /** The merged document as plain JSON, before numbers were made of units: what a selfTest's patch is applied to. */
  readonly document: JsonObject;
}

export interface ParamValue {
  readonly value: Json;
  /** `drill`, `--param`, a target file: findings say where a value came from. */
  readonly from: string;
}

export interface DrillCluster {
  /** name → kind; a list in YAML names each service after its kind. */
  readonly services: Readonly<Record<string, string>>;
  /** Service-wide settings by scope (`redis`, `sentinel`), over the service's defaults. */
  readonly settings: Readonly<Record<string, JsonObject>>;
  /** Where settings were taken from that are among these; absent = nowhere. */
  readonly settingsFrom?: SettingsFrom;
  /** Made in the services that have topics, before the steady state is asked for. */
  readonly topics?: Readonly<Record<string, TopicSpec>>;
}

/** A recorded baseline whose settings a drill's cluster has, as far as one of ours can have them. */
export interface SettingsFrom {
  readonly file: string;
  readonly target: string;
  /** Wall clock, ISO 8601. */
  readonly recordedAt: string;
  /** Those that differ from the services' defaults, as `scope.setting`. */
  readonly taken: readonly { readonly name: string; readonly value: Json }[];
  readonly left: readonly { readonly why: string; readonly names: readonly string[] }[];
}

export interface TopicSpec {
  readonly partitions: number;
  /** Undefined = the service's own default. */
  readonly replicationFactor: number | undefined;
  /** Partition → brokers by number, the preferred leader first; undefined = spread evenly. */
  readonly replicas: readonly (readonly number[])[] | undefined;
  /** Settings of the topic, as the service's own tools take them. */
  readonly config: Readonly<Record<string, string>>;
}

export interface Timing {
  /** How long the steady state may take to be there before the fault. */
  readonly startWithinMs: number;
  readonly warmUpMs: number;
  readonly recoveryWithinMs: number;
  readonly heldForMs: number;
  readonly drainWithinMs: number;
}

export interface WorkloadSpec {
  readonly name: string;
  readonly kind: string;
  /** `oracle`, `ioredis`, `ioredis/hardened`, …; undefined where the kind has no clients to choose from. */
  readonly client: string | undefined;
  /** Already parsed by the kind's own schema. */
  readonly params: unknown;
  readonly position: Position;
}

/**
 * A probe as it is sampled. `name` is the sampler's: references with the same kind and params share one (its readings
 * stand in the journal under this name), sampled at the smallest `everyMs` that any of them asks for.
 */
export interface ProbeRef {
  readonly name: string;
  readonly kind: string;
  readonly params: unknown;
  readonly everyMs: number;
  readonly timeoutMs: number;
}
export interface ProbeSpec extends ProbeRef {
  readonly tolerance: Tolerance;
  readonly position: Position;
}

export interface StopConditionSpec {
  readonly name: string;
  readonly probe: ProbeRef;
  readonly tolerance: Tolerance;
  readonly forMs: number;
  readonly position: Position;
}

/** Who is meant: resolved over a live view, at injection. */
export type Selector =
  | string // a node's name or a word: `redis-primary`, `clients`, `rest`
  | readonly Selector[]
  | { readonly zone: string }
  | { readonly workload: string }
  | { readonly oneOf: Selector }
  | { readonly minorityOf: Selector }
  | { readonly majorityOf: Selector }
  | { readonly in: string; readonly is: Selector }
  | { readonly word: string; readonly arg: string }; // `{ leaderOf: orders/0 }`: any other single key

export type Hold =
  | { readonly type: 'duration'; readonly ms: number }
  | { readonly type: 'untilRecovered'; readonly atMostMs: number }
  | { readonly type: 'untilProbe'; readonly probe: ProbeRef; readonly tolerance: Tolerance; readonly atMostMs: number }
  | { readonly type: 'untilEnd' };

export type StepSpec =
  | FaultStep
  | ActionStep
  | {
      readonly verb: 'waitFor';
      readonly name: string;
      readonly probe: ProbeRef;
      readonly tolerance: Tolerance;
      readonly atMostMs: number;
      readonly position: Position;
    }
  | { readonly verb: 'revert'; readonly name: string; readonly step: string; readonly position: Position }
  | { readonly verb: 'pause'; readonly name: string; readonly ms: number; readonly position: Position };

export interface FaultStep {
  readonly verb: 'fault';
  readonly name: string;
  readonly kind: string;
  readonly targets: Selector | undefined;
  readonly params: unknown;
  readonly hold: Hold;
  readonly overlap: boolean;
  readonly position: Position;
}
export interface ActionStep {
  readonly verb: 'action';
  readonly name: string;
  readonly kind: string;
  readonly targets: Selector | undefined;
  readonly params: unknown;
  readonly position: Position;
}

export interface AssertionSpec {
  readonly name: string;
  readonly kind: string;
  /** Names of workloads. */
  readonly of: readonly string[];
  /** A step or a phase; its clock is the assertion's zero. */
  readonly since: string | undefined;
  /** A step or a phase; only what happened in it counts. */
  readonly during: string | undefined;
  readonly probe: ProbeRef | undefined;
  readonly tolerance: Tolerance | undefined;
  /** How long a probe's value must hold (`heldFor`), and by when (`within`). */
  readonly forMs: number | undefined;
  readonly withinMs: number | undefined;
  readonly params: unknown;
  /** Why no self-test can make it fail; absent where one is expected to. */
  readonly unproven?: string;
  readonly position: Position;
}

export interface SelfTestSpec {
  readonly name: string;
  /** JSON Merge Patch on the drill's document; lists merge by name. */
  readonly override: JsonObject;
  /** Names of the assertions that must then be failed. */
  readonly fails: readonly string[];
  readonly position: Position;
}

export interface BlastRadius {
  readonly maxNodes: number | undefined;
  readonly maxPerService: number | undefined;
}
