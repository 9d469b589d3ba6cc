// What Redis nodes and Sentinels must let us do for what the clients here ask of them.
import type { Right } from '../core/right.ts';

/** Of every key that is ours. */
export const KEY_PREFIX = 'firedrill:';

/** An example of a name under which Sentinels watch a primary: to Redis' access lists it is an argument like any other. */
const WATCHED = 'mymaster';

export function ofRedis(...act: readonly string[]): Right {
  return { role: 'redis', act };
}

export function ofSentinel(...act: readonly string[]): Right {
  return { role: 'sentinel', act };
}

/** A subcommand of SENTINEL that wants the name of the primary. */
export function ofSentinelOnPrimary(subcommand: string): Right {
  return ofSentinel('SENTINEL', subcommand, WATCHED);
}

/** Any setting: Redis' access lists do not tell one from the other. */
export const CONFIG_RIGHT: Right = ofRedis('CONFIG', 'GET', '*');

/** Every connection of ours says who it is. Who may not is let in all the same, and stands in the node's ACL LOG for it. */
export const NAME_RIGHTS: readonly Right[] = [ofRedis('CLIENT', 'SETNAME', 'x'), ofSentinel('CLIENT', 'SETNAME', 'x')];

/** `askWhomItKnows`. */
export const KNOWLEDGE_RIGHTS: readonly Right[] = [
  ...['MASTER', 'REPLICAS', 'SENTINELS'].map(ofSentinelOnPrimary),
  ofSentinel('SENTINEL', 'MYID'),
];

/** `readTopology`. */
export const TOPOLOGY_RIGHTS: readonly Right[] = [
  ofRedis('INFO'),
  CONFIG_RIGHT,
  ofSentinelOnPrimary('MASTER'),
  ofSentinelOnPrimary('CKQUORUM'),
  ofSentinel('INFO'),
];

/** A subject: ioredis, which asks the Sentinels for the primary, and the node that it gets whether it is one. */
export const SUBJECT_RIGHTS: readonly Right[] = [ofSentinelOnPrimary('GET-MASTER-ADDR-BY-NAME'), ofRedis('INFO')];

/** The failover detector of a hardened one. */
export const DETECTOR_RIGHT: Right = ofSentinel('SUBSCRIBE', '+switch-master');

/** `followSentinels`, and whoever else hears a Sentinel's events. */
export const EVENTS_RIGHT: Right = ofSentinel('PSUBSCRIBE', '*');
