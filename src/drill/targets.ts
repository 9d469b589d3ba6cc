// Which words, nodes, zones and workloads selectors may name. Who that is, only the live cluster knows.
import type { DrillCluster, Selector } from '../core/drill.ts';
import type { JsonObject } from '../core/json.ts';
import type { Service } from '../core/kinds.ts';
import { type NodeSpec, workloadOfMember } from '../core/node.ts';
import { SELECTOR_KEYS } from '../core/selector.ts';
import { kindCalled, type Reading } from './kinds.ts';
import type { Problems } from './problems.ts';
import { suggest } from './suggest.ts';
import { wordArguments } from './topics.ts';
import { child, keyPosition, nearestAt, placeOf, type Tree } from './tree.ts';

/** What can be meant in this drill; undefined sets would refuse everything, so an unknown cluster has no vocabulary. */
export interface Vocabulary {
  readonly services: readonly string[];
  readonly words: readonly string[];
  /** Word → what it may be asked of; words that are missing here may be asked of anything. */
  readonly args: ReadonlyMap<string, readonly string[]>;
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
  readonly workloads: readonly string[];
  /** Workloads that have processes of their own: `consumers#1`, as many as they will be scaled to. */
  readonly members: readonly string[];
}

/** Everybody who is a client, and everybody who is in no other group. */
const commonWords = ['clients', 'rest'];

/** Checks services and settings. Undefined if a service is not known: nothing can be said of targets then. */
export function readCluster(cluster: DrillCluster, node: Tree, reading: Reading): readonly NodeSpec[] | undefined {
  const kinds = Object.entries(cluster.services).map(([name, kind], i) => {
    const services = child(node, 'services') ?? node;
    const at = nearestAt(services, [services.type === 'list' ? i : name]).at;
    return { name, kind: kindCalled('services', kind, { ...reading, at }) };
  });
  const known = kinds.flatMap(({ name, kind }) => (kind === undefined ? [] : [{ name, kind }]));
  if (known.length < kinds.length) return undefined;
  const scopes = known.flatMap(({ kind }) => Object.keys(kind.defaults));
  const settings = child(node, 'settings');
  for (const scope of Object.keys(cluster.settings)) {
    if (scopes.includes(scope)) continue;
    reading.problems.error(
      keyPosition(settings ?? node, scope),
      `no service of this drill has settings called "${scope}"`,
      suggest(scope, scopes),
    );
  }
  return known.flatMap(({ name, kind }, i) =>
    nodesOf(kind, { name, cluster, basePort: 20_000 + 100 * i, node, reading }),
  );
}

function nodesOf(
  service: Service,
  {
    name,
    cluster,
    basePort,
    node,
    reading,
  }: { name: string; cluster: DrillCluster; basePort: number; node: Tree; reading: Reading },
): readonly NodeSpec[] {
  const scopes = Object.entries(service.defaults).map(([scope, defaults]): [string, JsonObject] => [
    scope,
    { ...defaults, ...cluster.settings[scope] },
  ]);
  try {
    return service.nodes({ name, settings: Object.fromEntries(scopes), basePort });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    reading.problems.error(
      child(node, 'settings')?.at ?? node.at,
      `${service.kind} cannot be made with these settings: ${why}`,
    );
    return [];
  }
}

export function vocabularyOf(
  cluster: DrillCluster,
  {
    nodes,
    workloads,
    members,
    reading,
  }: {
    nodes: readonly NodeSpec[];
    workloads: readonly string[];
    members: readonly string[];
    reading: Reading;
  },
): Vocabulary {
  const services = Object.values(cluster.services).flatMap((kind) => reading.registry.services.get(kind) ?? []);
  return {
    services: Object.keys(cluster.services),
    words: [...new Set([...services.flatMap((service) => Object.keys(service.words)), ...commonWords])],
    args: wordArguments(cluster, reading.registry.services),
    nodes: nodes.map((node) => node.name),
    zones: [...new Set(nodes.map((node) => node.zone))],
    workloads,
    members,
  };
}

/** Says which of a selector's words nobody knows, where they stand in `node`. */
export function checkSelector(
  selector: Selector,
  node: Tree,
  { vocabulary, problems }: { vocabulary: Vocabulary; problems: Problems },
): void {
  const { services, words, args, nodes, zones, workloads, members } = vocabulary;
  const known: Readonly<Record<Exclude<Sort, 'unit'>, readonly string[]>> = {
    'node or word': [...words, ...nodes],
    zone: zones,
    workload: workloads,
    word: [...words, ...SELECTOR_KEYS],
    service: services,
  };
  for (const { sort, text, word = '' } of mentions(selector)) {
    const allowed = sort === 'unit' ? (args.get(word) ?? [text]) : known[sort];
    if (text === '' || allowed.includes(text) || members.includes(workloadOfMember(text) ?? '')) continue;
    problems.error(placeOf(text, node), `there is no ${sort} "${text}"`, suggest(text, allowed));
  }
}

type Sort = 'node or word' | 'zone' | 'workload' | 'word' | 'unit' | 'service';
interface Mention {
  readonly sort: Sort;
  readonly text: string;
  /** Of a unit: the word that is asked of it. */
  readonly word?: string;
}

function mentions(selector: Selector): Mention[] {
  if (typeof selector === 'string') return [{ sort: 'node or word', text: selector }];
  if (isList(selector)) return selector.flatMap(mentions);
  if ('zone' in selector) return [{ sort: 'zone', text: selector.zone }];
  if ('workload' in selector) return [{ sort: 'workload', text: selector.workload }];
  if ('word' in selector) {
    const { word, arg } = selector;
    return [
      { sort: 'word', text: word },
      { sort: 'unit', text: arg, word },
    ];
  }
  if ('oneOf' in selector) return mentions(selector.oneOf);
  if ('minorityOf' in selector) return mentions(selector.minorityOf);
  if ('majorityOf' in selector) return mentions(selector.majorityOf);
  return [{ sort: 'service', text: selector.in }, ...mentions(selector.is)];
}

function isList(selector: Selector): selector is readonly Selector[] {
  return Array.isArray(selector);
}
