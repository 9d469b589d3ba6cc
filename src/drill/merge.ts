// One document over another: JSON Merge Patch (RFC 7396), except that lists of named things merge by name.
import type { Problems } from './problems.ts';
import { STEP_VERBS } from './shape.ts';
import { suggest } from './suggest.ts';
import { OPERATORS } from './tolerance-schema.ts';
import { child, type Dict, type Entry, type List, type Tree, textAt, withEntry, withoutEntries } from './tree.ts';

/** Path of each list of named things → the keys that hold the kind of an entry. */
const namedLists: Readonly<Record<string, readonly string[]>> = {
  workloads: ['workload'],
  'steadyStateHypothesis.probes': ['probe'],
  method: STEP_VERBS,
  stopConditions: ['probe'],
  assertions: ['assert'],
  selfTest: [],
};

/** How the entries of the list at `path` say their kind; undefined if that is no list of named things. */
export function verbsOf(path: string): readonly string[] | undefined {
  return Object.hasOwn(namedLists, path) ? namedLists[path] : undefined;
}

/** What an entry of a list is called: its name, else its kind. A pause or revert without a name has none. */
export function nameOf(item: Tree, verbs: readonly string[]): string | undefined {
  const kinds = verbs.filter((verb) => verb !== 'revert' && verb !== 'pause').map((verb) => textAt(item, verb));
  return textAt(item, 'name') ?? kinds.find((kind) => kind !== undefined);
}

interface Merging {
  readonly problems: Problems;
  /** True for a patch: a `null` never stays. Else one that removes nothing stays, to be refused as an empty value. */
  readonly patch: boolean;
}

/** `over` laid over `base`. A `null` removes what is there, `{ name: x, remove: true }` an entry of a list. */
export function mergeTrees(base: Dict, over: Dict, merging: Merging): Dict {
  return mergeMaps(base, over, { ...merging, path: '' });
}

interface Place extends Merging {
  readonly path: string;
}

function merge(base: Tree | undefined, over: Tree, place: Place): Tree {
  const verbs = verbsOf(place.path);
  if (over.type === 'list' && verbs !== undefined) {
    return mergeLists(base?.type === 'list' ? base : { ...over, items: [] }, over, { ...place, verbs });
  }
  if (over.type !== 'map' || isChoice(over, place.path)) return over;
  return mergeMaps(base?.type === 'map' ? base : { ...over, entries: new Map() }, over, place);
}

function mergeMaps(base: Dict, over: Dict, place: Place): Dict {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const old = entries.get(key);
    if (isNull(entry.value) && (place.patch || old !== undefined)) entries.delete(key);
    else entries.set(key, mergeEntry(old, entry, { ...place, path: place.path === '' ? key : `${place.path}.${key}` }));
  }
  return { ...over, entries };
}

function mergeEntry(base: Entry | undefined, over: Entry, place: Place): Entry {
  return { keyAt: over.keyAt, value: merge(base?.value, over.value, place) };
}

/** Targets and operators are choices of one key: two of them merged would be neither. */
function isChoice(over: Dict, path: string): boolean {
  if (path.endsWith('].targets')) return true;
  return /\]\.tolerance(\.|$)/.test(path) && OPERATORS.some((operator) => over.entries.has(operator));
}

interface ListPlace extends Place {
  readonly verbs: readonly string[];
}

function mergeLists(base: List, over: List, place: ListPlace): List {
  const items: (Tree | undefined)[] = [...base.items];
  for (const item of over.items) {
    const name = nameOf(item, place.verbs);
    // Only what was there before is merged into: two entries of one name in one file are a mistake, and stay two.
    const index = base.items.findIndex((known) => name !== undefined && nameOf(known, place.verbs) === name);
    const known = items[index];
    if (isRemoval(item)) items[index] = removed(item, name, { ...place, found: known !== undefined, base });
    else if (known === undefined || index < 0) items.push(item);
    else items[index] = mergeItems(known, item, place);
  }
  return { ...over, items: items.filter((item) => item !== undefined) };
}

function removed(item: Tree, name: string | undefined, place: ListPlace & { found: boolean; base: List }): undefined {
  if (place.found) return undefined;
  const names = place.base.items.flatMap((known) => nameOf(known, place.verbs) ?? []);
  const hint = name === undefined ? 'say its name' : suggest(name, names);
  place.problems.error(
    item.at,
    `there is no ${name === undefined ? 'entry' : `"${name}"`} in ${place.path} to remove`,
    hint,
  );
  return undefined;
}

/** Another kind takes other parameters, and another verb other keys: what was said for the old one goes. */
function mergeItems(base: Tree, over: Tree, place: ListPlace): Tree {
  if (base.type !== 'map' || over.type !== 'map') return over;
  const verb = place.verbs.find((key) => child(over, key) !== undefined);
  const sameVerb = verb === undefined || child(base, verb) !== undefined;
  const sameKind = verb === undefined || textAt(base, verb) === textAt(over, verb);
  const name = base.entries.get('name');
  const blank: Dict = { ...base, entries: new Map(name === undefined ? [] : [['name', name]]) };
  const kept = sameVerb ? withoutEntries(base, sameKind ? [] : ['with']) : blank;
  return mergeMaps(kept, over, { ...place, path: `${place.path}[]` });
}

function isRemoval(item: Tree): boolean {
  const remove = child(item, 'remove');
  return remove?.type === 'scalar' && remove.value === true;
}

function isNull(tree: Tree): boolean {
  return tree.type === 'scalar' && tree.value === null;
}

/** A document with one value replaced, by a path as `--set` takes it: keys, names of entries, or their numbers. */
export function setAt(tree: Tree, path: readonly string[], value: Tree): Tree | { readonly missing: string } {
  return set(tree, path, { value, place: '' });
}

function set(
  tree: Tree,
  path: readonly string[],
  to: { value: Tree; place: string },
): Tree | { readonly missing: string } {
  const [head, ...rest] = path;
  if (head === undefined) return to.value;
  if (tree.type === 'map') {
    const old = tree.entries.get(head);
    const below = { ...to, place: to.place === '' ? head : `${to.place}.${head}` };
    const inner = set(old?.value ?? { ...tree, entries: new Map() }, rest, below);
    if ('missing' in inner) return inner;
    if (isNull(inner)) return withoutEntries(tree, [head]);
    return withEntry(tree, head, { keyAt: old?.keyAt ?? to.value.at, value: inner });
  }
  const index = tree.type === 'list' ? indexOf(tree, head, to.place) : -1;
  const item = tree.type === 'list' ? tree.items[index] : undefined;
  if (tree.type !== 'list' || item === undefined) return { missing: head };
  const inner = set(item, rest, { ...to, place: `${to.place}[]` });
  return 'missing' in inner ? inner : { ...tree, items: tree.items.with(index, inner) };
}

function indexOf(list: List, part: string, place: string): number {
  const byName = list.items.findIndex((item) => nameOf(item, verbsOf(place) ?? []) === part);
  return byName >= 0 || !/^\d+$/.test(part) ? byName : Number(part);
}
