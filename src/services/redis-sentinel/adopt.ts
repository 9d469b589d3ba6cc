import type { ServiceBaseline } from '../../core/baseline.ts';
import type { Adoption } from '../../core/service.ts';
import { joinAdoptions, scopeOf, takeCounts, takeFrom } from '../adopt.ts';
import { DEFAULTS } from './settings.ts';
import { SYSTEM_DEFAULTS } from './system-defaults.ts';

const MOST_NODES = 7;

const REASONS: readonly (readonly [why: string, names: RegExp])[] = [
  [
    'TLS and rights: ours lets everybody in',
    /^tls-|^(requirepass|masterauth|masteruser|aclfile|acl|protected-mode)|^enable-/,
  ],
  ['addresses: ours has its own', /^(bind|port|unixsocket|replica-announce|cluster-|socket-mark-id)/],
  ['paths: ours has its own', /^(dir|dbfilename|logfile|pidfile|appendfilename|appenddirname|syslog-)/],
  [
    'sizes of memory: that of their machines is not here',
    /^(maxmemory(-clients)?|repl-backlog-size|client-(output|query)-buffer-limit)$/,
  ],
];

/** Numbers of nodes, and what differs from ours of the settings that have to do with a failover. */
export function adopt(recorded: ServiceBaseline): Adoption {
  const { replicas, Sentinels: sentinels } = recorded.counts;
  const whyLeft = (name: string): string | undefined => REASONS.find(([, names]) => names.test(name))?.[0];
  return joinAdoptions([
    takeCounts('topology', { replicas, sentinels }, { ours: DEFAULTS.topology, most: MOST_NODES }),
    takeFrom({
      scope: 'redis',
      recorded: scopeOf(recorded, 'redis'),
      ours: { ...SYSTEM_DEFAULTS.redis, ...DEFAULTS.redis },
      whyLeft,
    }),
    takeFrom({ scope: 'sentinel', recorded: scopeOf(recorded, 'sentinel'), ours: DEFAULTS.sentinel, whyLeft }),
  ]);
}
