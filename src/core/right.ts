// What a system has to let its user do. Kinds say what they need; a service finds out whether it is given, without doing it.
import type { NodeName } from './node.ts';

/** One thing that every node of a role must let its user do. Pure data. */
export interface Right {
  /** The service's name in the cluster; undefined = each service that has nodes of this role. */
  readonly service?: string | undefined;
  readonly role: string;
  /**
   * In the system's own words. Of Redis and Sentinel a command, with arguments such as it will have:
   * `['RPUSH', 'firedrill:x', '1']`. Of Kafka `[operation, resource type, name]`: `['Write', 'Topic', 'orders']`, with `*` as
   * the name for all of them.
   */
  readonly act: readonly string[];
}

/** A right, and who cannot do without it: `probe redis.topology`, `step hand-over (redis.failover)`. */
export interface NeededRight extends Right {
  readonly neededBy: readonly string[];
}

/** For whom a kind is asked what it needs. */
export interface RightsContext {
  /** Of the workload, or of the step, in its drill. */
  readonly name: string;
  /** The workload's client. */
  readonly client?: string | undefined;
}

/** Who is to have rights, in commands that give them. */
export interface Grantee {
  readonly user: string;
  /** Role → who enters its nodes, where that is somebody else. */
  readonly users?: Readonly<Record<string, string>>;
  /** What the names of topics and groups begin with that we make there. */
  readonly prefix: string;
}

/** Whether nodes allow something, found out without doing it. */
export interface RightAnswer {
  readonly right: Right;
  /** `refused` as soon as one node refuses it; `unknown` while one cannot be asked. */
  readonly state: 'allowed' | 'refused' | 'unknown';
  /** Nodes of which that is so. */
  readonly nodes: readonly NodeName[];
  /** Of `refused` and `unknown`: why, in the system's own words where it has some. */
  readonly because?: string;
}

/** All of them in the service of that name. */
export function inService(service: string | undefined, rights: readonly Right[]): readonly Right[] {
  return service === undefined ? rights : rights.map((right) => ({ ...right, service }));
}
