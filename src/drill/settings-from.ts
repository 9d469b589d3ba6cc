// `cluster.settingsFrom`: a drill with the settings of somebody's cluster, as they were recorded. They are put under the drill's
// own when it is loaded; what is said after that (a param, a sabotage) is said of them as of any other.
import { dirname, join, normalize } from 'node:path';
import { parseBaseline, type ServiceBaseline } from '../core/baseline.ts';
import type { SettingsFrom } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Registry, Service } from '../core/kinds.ts';
import type { Adoption } from '../core/service.ts';
import type { FragmentReader } from './fragments.ts';
import { mergeTrees } from './merge.ts';
import type { Problems } from './problems.ts';
import { suggest } from './suggest.ts';
import {
  child,
  type Dict,
  descend,
  fromJson,
  itemsAt,
  type Leaf,
  type Tree,
  toJson,
  withEntry,
  withoutEntries,
} from './tree.ts';

interface Taking {
  readonly file: string;
  readonly reader: FragmentReader;
  readonly registry: Registry;
  readonly problems: Problems;
  /** Every text read, for the drill's checksum. */
  readonly texts: string[];
}

export interface Taken {
  /** The document with these settings in it, and without the key. */
  readonly tree: Dict;
  readonly settingsFrom: SettingsFrom | undefined;
}

export function takeSettings(tree: Dict, taking: Taking): Taken {
  const cluster = child(tree, 'cluster');
  const named = child(cluster, 'settingsFrom');
  if (cluster?.type !== 'map' || named === undefined) return { tree, settingsFrom: undefined };
  const rest = withCluster(tree, withoutEntries(cluster, ['settingsFrom']));
  if (named.type !== 'scalar' || typeof named.value !== 'string') {
    taking.problems.error(named.at, 'expected the path of a baseline, relative to this file: baselines/prod.json');
    return { tree: rest, settingsFrom: undefined };
  }
  const read = readBaseline(named as Leaf & { value: string }, taking);
  if (read === undefined) return { tree: rest, settingsFrom: undefined };
  return laidUnder(rest, named, { read, registry: taking.registry, problems: taking.problems });
}

interface Read {
  readonly file: string;
  readonly baseline: ReturnType<typeof parseBaseline>;
}

function readBaseline(named: Leaf & { value: string }, { file, reader, problems, texts }: Taking): Read | undefined {
  // What the command line says has no file of its own.
  const from = named.at.file.startsWith('--') ? file : named.at.file;
  const path = normalize(join(dirname(from), named.value));
  const text = reader.read(path);
  if (text === undefined) {
    const others = reader.siblings(path).map((name) => join(dirname(named.value), name));
    problems.error(
      named.at,
      `there is no baseline ${path}`,
      suggest(
        named.value,
        others.filter((name) => name.endsWith('.json')),
      ),
    );
    return undefined;
  }
  texts.push(text);
  try {
    return { file: path, baseline: parseBaseline(text, path) };
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    problems.error(named.at, `${path}: ${error.message}`, error.hint);
    return undefined;
  }
}

interface Laying {
  readonly read: Read;
  readonly registry: Registry;
  readonly problems: Problems;
}

function laidUnder(tree: Dict, named: Tree, { read, registry, problems }: Laying): Taken {
  const { file, baseline } = read;
  const adoptions = servicesOf(tree, registry).map(({ name, service }) => {
    const recorded = recordedFor(name, service, baseline.services);
    if (recorded !== undefined) return service.adopt?.(recorded) ?? nothingOf(name, 'its settings cannot be taken');
    problems.error(
      named.at,
      `${file} has no ${service.kind} that ${name} could take its settings from`,
      `it has ${Object.keys(baseline.services).join(', ')}`,
    );
    return nothingOf(name, 'not recorded');
  });
  const settings = joined(adoptions);
  const own = toJson(child(child(tree, 'cluster'), 'settings') ?? fromJson({}, named.at));
  const taken = settingsIn(settings);
  const overruled = taken.filter(({ scope, setting }) => isJsonObject(own) && said(own, scope, setting));
  const base = fromJson({ cluster: { settings } }, named.at) as Dict;
  return {
    tree: mergeTrees(base, tree, { problems, patch: false }),
    settingsFrom: {
      file,
      target: baseline.target,
      recordedAt: baseline.recordedAt,
      taken: taken.filter((one) => !overruled.includes(one)).map(({ name, value }) => ({ name, value })),
      left: [
        ...adoptions.flatMap(({ left }) => left),
        ...(overruled.length === 0
          ? []
          : [{ why: 'the drill says otherwise', names: overruled.map(({ name }) => name) }]),
      ],
    },
  };
}

/** A service that nobody knows is told elsewhere. */
function servicesOf(tree: Dict, registry: Registry): readonly { readonly name: string; readonly service: Service }[] {
  const services = descend(tree, ['cluster', 'services']);
  const named =
    services?.type === 'map'
      ? [...services.entries].map(([name, { value }]) => ({ name, kind: toJson(value) }))
      : itemsAt(child(tree, 'cluster'), 'services').map((item) => ({ name: undefined, kind: toJson(item) }));
  return named.flatMap(({ name, kind }) => {
    const service = typeof kind === 'string' ? registry.services.get(kind) : undefined;
    return service === undefined ? [] : [{ name: name ?? service.kind, service }];
  });
}

/** By its name, else the only one of its kind. */
function recordedFor(
  name: string,
  { kind }: Service,
  services: Readonly<Record<string, ServiceBaseline>>,
): ServiceBaseline | undefined {
  if (services[name]?.kind === kind) return services[name];
  const alike = Object.values(services).filter((recorded) => recorded.kind === kind);
  return alike.length === 1 ? alike[0] : undefined;
}

function nothingOf(name: string, why: string): Adoption {
  return { settings: {}, left: [{ why, names: [name] }] };
}

function joined(adoptions: readonly Adoption[]): Record<string, JsonObject> {
  const settings: Record<string, JsonObject> = {};
  for (const adoption of adoptions)
    for (const [scope, own] of Object.entries(adoption.settings)) settings[scope] = { ...settings[scope], ...own };
  return settings;
}

interface TakenSetting {
  readonly scope: string;
  readonly setting: string;
  readonly name: string;
  readonly value: Json;
}

function settingsIn(settings: Readonly<Record<string, JsonObject>>): readonly TakenSetting[] {
  return Object.entries(settings).flatMap(([scope, own]) =>
    Object.entries(own).map(([setting, value]) => ({ scope, setting, name: `${scope}.${setting}`, value })),
  );
}

function said(own: JsonObject, scope: string, setting: string): boolean {
  const settings = own[scope];
  return isJsonObject(settings) && Object.hasOwn(settings, setting);
}

function withCluster(tree: Dict, cluster: Dict): Dict {
  const entry = tree.entries.get('cluster');
  return withEntry(tree, 'cluster', { keyAt: entry?.keyAt ?? cluster.at, value: cluster });
}
