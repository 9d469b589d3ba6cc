// Names that a drill makes, as they are on somebody's own cluster: with a prefix, so that nobody takes them for theirs.
import type { Registry } from '../core/kinds.ts';
import { nameOf } from './merge.ts';
import { child, type Dict, type Entry, itemsAt, type Tree, textAt, withEntry } from './tree.ts';

/** Keys whose values, and whose keys where they are maps, are names of topics or of partitions. */
const TOPIC_KEYS: ReadonlySet<string> = new Set(['topic', 'topics', 'leaderOf', 'partitions']);
const GROUP_KEYS: ReadonlySet<string> = new Set(['group', 'coordinatorOf']);

/**
 * The document with the prefix before every topic that it declares and every group that its workloads are in, and wherever
 * it speaks of them. Groups that a workload has its own name from are said. Topics of the system (`__…`) keep theirs.
 */
export function withPrefix(tree: Dict, prefix: string, registry: Registry): Dict {
  const topics = new Set(declaredTopics(tree).filter((topic) => !topic.startsWith('__')));
  const named = sayGroups(tree, registry);
  const groups = new Set(itemsAt(named, 'workloads').flatMap((item) => textAt(child(item, 'with'), 'group') ?? []));
  return rename(named, { prefix, topics, groups }, undefined) as Dict;
}

function declaredTopics(tree: Dict): readonly string[] {
  const topics = child(child(tree, 'cluster'), 'topics');
  return topics?.type === 'map' ? [...topics.entries.keys()] : [];
}

/** A group that is called like its workload has to be said once it is called otherwise. */
function sayGroups(tree: Dict, registry: Registry): Dict {
  const workloads = child(tree, 'workloads');
  if (workloads?.type !== 'list') return tree;
  const items = workloads.items.map((item) => {
    const kind = registry.workloads.get(textAt(item, 'workload') ?? '');
    const name = nameOf(item, ['workload']);
    if (item.type !== 'map' || kind?.groups === undefined || name === undefined) return item;
    const own = child(item, 'with');
    const params: Dict = own?.type === 'map' ? own : { type: 'map', at: item.at, entries: new Map() };
    if (child(params, 'group') !== undefined) return item;
    const group: Entry = { keyAt: item.at, value: { type: 'scalar', at: item.at, value: name } };
    return withEntry(item, 'with', { keyAt: item.at, value: withEntry(params, 'group', group) });
  });
  return withEntry(tree, 'workloads', { keyAt: workloads.at, value: { ...workloads, items } });
}

interface Names {
  readonly prefix: string;
  readonly topics: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** `under`: the key that the value stands under, also for items of a list. */
function rename(tree: Tree, names: Names, under: string | undefined): Tree {
  switch (tree.type) {
    case 'scalar':
      return typeof tree.value === 'string' ? { ...tree, value: renamed(tree.value, names, under) } : tree;
    case 'list':
      return { ...tree, items: tree.items.map((item) => rename(item, names, under)) };
    case 'map': {
      const entries = [...tree.entries].map(([key, entry]): [string, Entry] => [
        renamed(key, names, under),
        { ...entry, value: rename(entry.value, names, key) },
      ]);
      return { ...tree, entries: new Map(entries) };
    }
  }
}

function renamed(text: string, { prefix, topics, groups }: Names, under: string | undefined): string {
  if (under === undefined) return text;
  const topic = /^(.*?)(?:\/\d+)?$/.exec(text)?.[1] ?? text;
  const isName = (TOPIC_KEYS.has(under) && topics.has(topic)) || (GROUP_KEYS.has(under) && groups.has(text));
  return isName ? `${prefix}${text}` : text;
}
