// Names that kinds know: of other workloads and of groups in their parameters, and of their settings.
import type { WorkloadSpec } from '../core/drill.ts';
import type { Reading } from './kinds.ts';
import { suggest } from './suggest.ts';
import { child, type Dict, itemsAt, type Tree } from './tree.ts';

/** Says which workloads there are not. `items` are the drill's workloads. */
export function checkWorkloadNames(
  items: readonly Tree[],
  names: readonly string[],
  { registry, problems }: Reading,
): void {
  for (const item of items) {
    const kind = child(item, 'workload');
    const keys = kind?.type === 'scalar' ? (registry.workloads.get(String(kind.value))?.workloadNames ?? []) : [];
    for (const key of keys) {
      const said = child(child(item, 'with'), key);
      if (said?.type !== 'scalar' || names.includes(String(said.value))) continue;
      const name = String(said.value);
      problems.error(said.at, `there is no workload "${name}"`, suggest(name, names));
    }
  }
}

/**
 * Warns of a group that no workload is in, wherever a word or a probe is asked of one: any name has a coordinator, so a
 * misspelt one would be hurt in its place. A program that is brought along may be in groups of its own: no mistake.
 */
export function checkGroupNames(body: Tree, workloads: readonly WorkloadSpec[], { registry, problems }: Reading): void {
  const known = workloads.flatMap(
    ({ kind, params, name }) => registry.workloads.get(kind)?.groups?.(params, name) ?? [],
  );
  if (known.length === 0) return;
  const words = [...registry.services.values()].flatMap(({ words }) => Object.entries(words));
  const keys = new Set([
    ...words.flatMap(([word, { asks }]) => (asks === 'group' ? [word] : [])),
    ...[...registry.probes.values()].flatMap(({ groupNames = [] }) => groupNames),
  ]);
  for (const { key, text, at } of pairs(body)) {
    if (keys.has(key) && !known.includes(text))
      problems.warn(at, `no workload of this drill is in a group "${text}"`, suggest(text, known));
  }
}

/** Warns of settings that the system will pass over, in the drill's cluster and in the sabotages. */
export function checkSettingNames(body: Dict, { registry, problems }: Reading): void {
  const known = new Map<string, readonly string[]>();
  for (const { settingNames = {} } of registry.services.values())
    for (const [scope, names] of Object.entries(settingNames)) known.set(scope, names);
  const sabotages = itemsAt(body, 'selfTest').map((test) => child(test, 'override'));
  for (const part of [body, ...sabotages]) {
    const settings = child(child(part, 'cluster'), 'settings');
    if (settings?.type !== 'map') continue;
    for (const [scope, { value }] of settings.entries) {
      const names = known.get(scope);
      if (names === undefined || value.type !== 'map') continue;
      for (const [name, { keyAt }] of value.entries) {
        if (!names.includes(name))
          problems.warn(keyAt, `${scope} has no setting "${name}": it will be passed over`, suggest(name, names));
      }
    }
  }
}

interface Pair {
  readonly key: string;
  readonly text: string;
  readonly at: Tree['at'];
}

function* pairs(tree: Tree): Generator<Pair> {
  if (tree.type === 'list') for (const item of tree.items) yield* pairs(item);
  if (tree.type !== 'map') return;
  for (const [key, { value }] of tree.entries) {
    if (value.type === 'scalar' && typeof value.value === 'string') yield { key, text: value.value, at: value.at };
    else yield* pairs(value);
  }
}
