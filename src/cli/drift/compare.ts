// Live settings against expected ones: what differs, and where. Pure.
import type { ServiceBaseline } from '../../core/baseline.ts';
import type { Json } from '../../core/json.ts';
import { listSettings, type RecordedScope, type Setting } from '../../core/recorded-settings.ts';

/** What a cluster is held against. */
export interface Expectation {
  readonly service: ServiceBaseline;
  /**
   * `whole`: everything was recorded, node by node. `model`: it is that of another cluster, of which only some settings are
   * known, alike on all nodes.
   */
  readonly kind: 'whole' | 'model';
}

export interface Difference {
  /** `sentinel.down-after-milliseconds`; of what is no setting, in words: `Sentinels`. */
  readonly name: string;
  /** Null = it is not there. */
  readonly expected: string | null;
  readonly live: string | null;
  /** Nodes or topics; empty = it is the cluster's. */
  readonly where: readonly string[];
}

export interface SettingDifference extends Difference {
  readonly scope: string;
  readonly setting: string;
}

/** Settings that differ, those that differ alike on several nodes together. `nodes` are those that there are. */
export function differingSettings(
  live: Json,
  { service, kind }: Expectation,
  nodes: readonly string[],
): readonly SettingDifference[] {
  const there = listSettings(live);
  const seen = new Set(there.map(keyOf));
  const told = new Set(there.map(({ scope }) => scope));
  const others = kind === 'model' ? Object.entries(service.settings).filter(([scope]) => !told.has(scope)) : [];
  const found = there.flatMap((setting): readonly Found[] => {
    const scope = service.settings[setting.scope];
    if (scope === undefined) return [];
    const isNode = setting.of === undefined || nodes.includes(setting.of);
    const own = expectedOf(setting, scope, isNode);
    // Controllers that are brokers, or that nobody can ask: what the brokers tell of their settings is all there is.
    const expected = own ?? (isNode ? others.flatMap(([, other]) => other.same[setting.name] ?? [])[0] : undefined);
    if (expected === undefined && (kind === 'model' || !knows(scope, setting))) return [];
    return expected !== undefined && isSame(expected, setting.value)
      ? []
      : [{ ...setting, expected: expected ?? null }];
  });
  const gone = kind === 'model' ? [] : missing(service, { seen, live: there });
  return together([...found, ...gone]);
}

interface Found extends Omit<Setting, 'value'> {
  readonly value: string | null;
  readonly expected: string | null;
}

function expectedOf({ of, name }: Setting, scope: RecordedScope, isNode: boolean): string | undefined {
  // A topic that is not known there is no other topic; a node that is new is to be as the others are.
  if (of !== undefined && !isNode && !scope.of.includes(of)) return undefined;
  return scope.differing[name]?.[of ?? ''] ?? scope.same[name];
}

/** Of a node or topic that was recorded, everything was. */
function knows(scope: RecordedScope, { of }: Setting): boolean {
  return of === undefined || scope.of.includes(of);
}

/** Recorded, and not there any more, on nodes that do tell their settings. */
function missing(
  service: ServiceBaseline,
  { seen, live }: { readonly seen: ReadonlySet<string>; readonly live: readonly Setting[] },
): readonly Found[] {
  const telling = new Set(live.map(({ scope, of }) => `${scope} ${of}`));
  return Object.entries(service.settings).flatMap(([scope, { of, same, differing }]) =>
    (of.length === 0 ? [undefined] : of).flatMap((node) => {
      if (!telling.has(`${scope} ${node}`)) return [];
      const particular = Object.entries(differing).map(([name, values]) => [name, values[node ?? '']] as const);
      return [...Object.entries(same), ...particular].flatMap(([name, expected]): readonly Found[] => {
        const one = { scope, of: node, name, value: null };
        return expected === undefined || seen.has(keyOf(one)) ? [] : [{ ...one, expected }];
      });
    }),
  );
}

function keyOf({ scope, of, name }: Pick<Setting, 'scope' | 'of' | 'name'>): string {
  return JSON.stringify([scope, of ?? null, name]);
}

function isSame(a: string, b: string): boolean {
  return a === b || (a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b));
}

function together(found: readonly Found[]): readonly SettingDifference[] {
  const alike = Map.groupBy(found, ({ scope, name, expected, value }) =>
    JSON.stringify([scope, name, expected, value]),
  );
  const differences = [...alike.values()].flatMap((group): readonly SettingDifference[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { scope, name, expected, value } = first;
    const where = group.flatMap(({ of }) => of ?? []).sort();
    return [{ name: `${scope}.${name}`, scope, setting: name, expected, live: value, where }];
  });
  return differences.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
