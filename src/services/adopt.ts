// What services share in taking settings of a recorded cluster: which are known, which are ours anyway, and which are left.
import type { ServiceBaseline } from '../core/baseline.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { RecordedScope } from '../core/recorded-settings.ts';
import type { Adoption, Left } from '../core/service.ts';

export interface Taking {
  /** The drill's scope that they go to. */
  readonly scope: string;
  readonly recorded: RecordedScope;
  /** What one of ours has: only settings that are here are taken. */
  readonly ours: JsonObject;
  /** Why a setting is left, whatever its value; undefined = it may be taken. Asked of all that were recorded. */
  readonly whyLeft: (name: string) => string | undefined;
}

const NOT_ALIKE = 'not the same on every node';
const NO_MATTER = 'nothing to do with a failover, as far as is known here';

/** Of one scope. Settings that are as ours are neither taken nor left. */
export function takeFrom({ scope, recorded, ours, whyLeft }: Taking): Adoption {
  const left: (readonly [why: string, name: string])[] = [];
  const taken: [string, Json][] = [];
  for (const [name, value] of Object.entries(recorded.same)) {
    const usual = ours[name];
    if (usual !== undefined && isSame(String(usual as string | number | boolean), value)) continue;
    const why = whyLeft(name) ?? (usual === undefined ? NO_MATTER : undefined);
    if (why === undefined) taken.push([name, asSetting(value)]);
    else if (value !== '') left.push([why, `${scope}.${name}`]);
  }
  for (const name of Object.keys(recorded.differing))
    left.push([whyLeft(name) ?? (ours[name] === undefined ? NO_MATTER : NOT_ALIKE), `${scope}.${name}`]);
  return { settings: taken.length === 0 ? {} : { [scope]: Object.fromEntries(taken) }, left: inGroups(left) };
}

/** Numbers of nodes are settings of ours, and none of theirs. */
export function takeCounts(
  scope: string,
  wanted: Readonly<Record<string, number | undefined>>,
  { ours, most }: { readonly ours: Readonly<Record<string, Json>>; readonly most: number },
): Adoption {
  const given = Object.entries(wanted).flatMap(([name, count]) =>
    count === undefined || count === ours[name] ? [] : [{ name, count }],
  );
  const fitting = given.filter(({ count }) => count <= most);
  const many = given.filter(({ count }) => count > most);
  return {
    settings:
      fitting.length === 0 ? {} : { [scope]: Object.fromEntries(fitting.map(({ name, count }) => [name, count])) },
    left: inGroups(many.map(({ name, count }) => [`more than ${most} are not made here`, `${scope}.${name} ${count}`])),
  };
}

/** One after the other; the same reason is told once. */
export function joinAdoptions(adoptions: readonly Adoption[]): Adoption {
  const settings: Record<string, JsonObject> = {};
  for (const adoption of adoptions)
    for (const [scope, own] of Object.entries(adoption.settings)) settings[scope] = { ...settings[scope], ...own };
  const left = adoptions.flatMap((adoption) =>
    adoption.left.flatMap(({ why, names }) => names.map((name) => [why, name] as const)),
  );
  return { settings, left: inGroups(left) };
}

/** What does not matter comes last. */
function inGroups(left: readonly (readonly [why: string, name: string])[]): readonly Left[] {
  return [...Map.groupBy(left, ([why]) => why)]
    .map(([why, own]) => ({ why, names: own.map(([, name]) => name).sort() }))
    .toSorted((a, b) => Number(a.why === NO_MATTER) - Number(b.why === NO_MATTER));
}

export function scopeOf(recorded: ServiceBaseline, scope: string): RecordedScope {
  return recorded.settings[scope] ?? { of: [], same: {}, differing: {} };
}

function isSame(a: string, b: string): boolean {
  return a === b || (a !== '' && b !== '' && Number(a) === Number(b));
}

/** As a drill would say it. */
function asSetting(text: string): Json {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
