import type { ServiceBaseline } from '../../core/baseline.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RecordedScope } from '../../core/recorded-settings.ts';
import type { Adoption } from '../../core/service.ts';
import { joinAdoptions, scopeOf, takeCounts, takeFrom } from '../adopt.ts';
import { DEFAULTS, nodeSettings } from './settings.ts';
import { SYSTEM_DEFAULTS } from './system-defaults.ts';

const MOST_NODES = 5;

const REASONS: readonly (readonly [why: string, names: RegExp])[] = [
  [
    'TLS and rights: ours lets everybody in',
    /^(ssl|sasl|security)\.|^listener\.name\.|authorizer|delegation\.token|principal\.builder|super\.users|connections\.max\.reauth/,
  ],
  [
    'addresses and identity: ours has its own',
    /listeners?(\.|$)|^(node|broker)\.id$|broker\.rack|process\.roles|quorum\.(voters|bootstrap)/,
  ],
  ['paths: ours has its own', /^(metadata\.)?log\.dirs?$|cordoned\.log/],
  [
    'sizes of memory, and threads: their machines are not here',
    /buffer|threads|^queued\.|cache|socket\.(send|receive)/,
  ],
  ['classes that are not here', /class|reporters|^config\.providers|^remote\./],
];

/** Numbers of nodes, and what differs from ours of the settings that have to do with a failover. */
export function adopt(recorded: ServiceBaseline): Adoption {
  const { brokers, controllers, 'controllers that are brokers': combined = 0 } = recorded.counts;
  const isCombined = combined > 0 && combined === brokers;
  const both = isCombined ? { settings: { 'kafka-nodes': { combined: true } }, left: [] } : { settings: {}, left: [] };
  return joinAdoptions([
    both,
    takeCounts(
      'kafka-nodes',
      { brokers, controllers: isCombined ? undefined : controllers },
      { ours: DEFAULTS['kafka-nodes'], most: MOST_NODES },
    ),
    taken('broker', scopeOf(recorded, 'broker')),
    taken('controller', ofControllers(recorded)),
    ...topicsOf(recorded),
  ]);
}

const OURS = {
  broker: { ...SYSTEM_DEFAULTS.broker, ...nodeSettings('broker', { settings: {} }) },
  controller: { ...SYSTEM_DEFAULTS.controller, ...nodeSettings('controller', { settings: {} }) },
} as const;

function taken(scope: 'broker' | 'controller', recorded: RecordedScope): Adoption {
  const [ours, others]: readonly JsonObject[] =
    scope === 'broker' ? [OURS.broker, OURS.controller] : [OURS.controller, OURS.broker];
  const otherRole = `what the ${scope === 'broker' ? 'controllers' : 'brokers'} have of it is what counts`;
  const whyLeft = (name: string): string | undefined => {
    const isTheirs = ours?.[name] === undefined && others?.[name] !== undefined;
    return isTheirs ? otherRole : REASONS.find(([, names]) => names.test(name))?.[0];
  };
  return takeFrom({ scope, recorded, ours: ours ?? {}, whyLeft });
}

/** What a broker says of these stands in its own file, and says nothing of the controllers'. */
const OF_FILES = new Set(['default.replication.factor', 'num.partitions']);

/** Controllers that clients cannot reach have told nothing: what brokers have of it in their files is all there is. */
function ofControllers(recorded: ServiceBaseline): RecordedScope {
  const own = scopeOf(recorded, 'controller');
  if (own.of.length > 0) return own;
  const { of, same, differing } = scopeOf(recorded, 'broker');
  const theirs = <T>(settings: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(settings).filter(([name]) => Object.hasOwn(OURS.controller, name) && !OF_FILES.has(name)),
    );
  return { of, same: theirs(same), differing: theirs(differing) };
}

function topicsOf(recorded: ServiceBaseline): readonly Adoption[] {
  const names = scopeOf(recorded, 'topics').of;
  if (names.length === 0) return [];
  return [
    { settings: {}, left: [{ why: 'topics are those of the drill', names: names.map((name) => `topic ${name}`) }] },
  ];
}
