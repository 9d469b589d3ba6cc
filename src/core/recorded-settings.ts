// Live settings in the form in which they are kept: sorted, each once where all nodes have it, and without secrets.
import { isJsonObject, type Json, type JsonScalar } from './json.ts';
import { withoutSecret } from './secret-settings.ts';

/** Of one scope of `settings`: `redis`, `broker`, `topics`. */
export interface RecordedScope {
  /** Nodes, or topics; none where the scope is the cluster's: features. */
  readonly of: readonly string[];
  /** Settings that all of them have alike. */
  readonly same: Readonly<Record<string, string>>;
  /** The others: setting → node → value. A node that does not have it is not in it. */
  readonly differing: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
export type RecordedSettings = Readonly<Record<string, RecordedScope>>;

/** One setting of one node or topic, or of the cluster. */
export interface Setting {
  readonly scope: string;
  readonly of: string | undefined;
  readonly name: string;
  readonly value: string;
}

/** Of what a service's `settings` returned. What is not set is left out. */
export function listSettings(settings: Json): readonly Setting[] {
  return entriesOf(settings).flatMap(([scope, own]) =>
    entriesOf(own).flatMap(([key, value]): readonly Setting[] => {
      if (!isJsonObject(value)) return settingFrom(scope, undefined, key, value);
      return entriesOf(value).flatMap(([name, inner]) => settingFrom(scope, key, name, inner));
    }),
  );
}

function settingFrom(scope: string, of: string | undefined, name: string, value: Json): readonly Setting[] {
  if (value === null) return [];
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return [{ scope, of, name, value: withoutSecret(name, text) }];
}

export function recordSettings(settings: Json): RecordedSettings {
  const listed = listSettings(settings);
  const scopes = entriesOf(settings).map(([scope, own]) => {
    const of = entriesOf(own).flatMap(([key, value]) => (isJsonObject(value) ? [key] : []));
    return [
      scope,
      scopeFrom(
        of.sort(),
        listed.filter((setting) => setting.scope === scope),
      ),
    ] as const;
  });
  return sorted(scopes);
}

function scopeFrom(of: readonly string[], settings: readonly Setting[]): RecordedScope {
  const same: [string, string][] = [];
  const differing: [string, Record<string, string>][] = [];
  for (const [name, own] of Map.groupBy(settings, (setting) => setting.name)) {
    const [first] = own;
    const isSame = own.length === Math.max(1, of.length) && own.every(({ value }) => value === first?.value);
    if (isSame) same.push([name, first?.value ?? '']);
    else differing.push([name, sorted(own.map((setting) => [setting.of ?? '', setting.value] as const))]);
  }
  return { of, same: sorted(same), differing: sorted(differing) };
}

/** As `settings` returned them, but for secrets, and with text for every value. */
export function expandSettings(recorded: RecordedSettings): Readonly<Record<string, Json>> {
  const scopes = Object.entries(recorded).map(([scope, { of, same, differing }]): [string, Json] => {
    if (of.length === 0) return [scope, same];
    const own = of.map((node): [string, Json] => {
      const particular = Object.entries(differing).flatMap(([name, values]): [string, JsonScalar][] =>
        values[node] === undefined ? [] : [[name, values[node]]],
      );
      return [node, { ...same, ...Object.fromEntries(particular) }];
    });
    return [scope, Object.fromEntries(own)];
  });
  return Object.fromEntries(scopes);
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

export function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
