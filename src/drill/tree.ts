// A document as a tree that knows where every value was written. Fragments, parameters and self-tests are merged as
// trees, so that a mistake is reported where its author wrote it.
import type { Position } from '../core/drill.ts';
import type { Json, JsonScalar } from '../core/json.ts';

export type Tree = Leaf | List | Dict;
export interface Leaf {
  readonly type: 'scalar';
  readonly at: Position;
  readonly value: JsonScalar;
  /** The parameter that the value came from: mistakes in it name it. */
  readonly param?: string;
  /** True for a reference to a parameter that does not exist. */
  readonly unresolved?: boolean;
}
export interface List {
  readonly type: 'list';
  readonly at: Position;
  readonly items: readonly Tree[];
}
export interface Dict {
  readonly type: 'map';
  readonly at: Position;
  readonly entries: ReadonlyMap<string, Entry>;
}
export interface Entry {
  readonly keyAt: Position;
  readonly value: Tree;
}

export type Path = readonly (string | number)[];

export function toJson(tree: Tree): Json {
  switch (tree.type) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(toJson);
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toJson(entry.value)]));
  }
}

/** A tree of which every part stands at the same place: for values that no file holds. */
export function fromJson(value: Json, at: Position): Tree {
  if (Array.isArray(value)) return { type: 'list', at, items: value.map((item: Json) => fromJson(item, at)) };
  if (typeof value !== 'object' || value === null) return { type: 'scalar', at, value: value as JsonScalar };
  const entries = Object.entries(value).map(([key, inner]): [string, Entry] => [
    key,
    { keyAt: at, value: fromJson(inner, at) },
  ]);
  return { type: 'map', at, entries: new Map(entries) };
}

/** What stands under a key or an index, if there is such a thing. */
export function child(tree: Tree | undefined, key: string | number): Tree | undefined {
  if (tree?.type === 'map') return tree.entries.get(String(key))?.value;
  return tree?.type === 'list' && typeof key === 'number' ? tree.items[key] : undefined;
}

export function descend(tree: Tree, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>(child, tree);
}

/** The nearestAt thing on the way to `path` that exists. */
export function nearestAt(tree: Tree, path: Path): Tree {
  let found = tree;
  for (const key of path) {
    const next = child(found, key);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

/** Where a key of a map stands; the map itself if it has no such key. */
export function keyPosition(tree: Tree, key: string): Position {
  return (tree.type === 'map' ? tree.entries.get(key)?.keyAt : undefined) ?? tree.at;
}

/** The text under a key; undefined when there is none or it is not text. */
export function textAt(tree: Tree | undefined, key: string): string | undefined {
  const value = child(tree, key);
  return value?.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

/** The items of a list under a key; none when there is no list. */
export function itemsAt(tree: Tree | undefined, key: string): readonly Tree[] {
  const value = child(tree, key);
  return value?.type === 'list' ? value.items : [];
}

/** Every scalar in a tree, with the path to it. */
export function* leaves(tree: Tree, path: Path = []): Generator<{ leaf: Leaf; path: Path }> {
  if (tree.type === 'scalar') yield { leaf: tree, path };
  if (tree.type === 'list') for (const [i, item] of tree.items.entries()) yield* leaves(item, [...path, i]);
  if (tree.type === 'map') for (const [key, entry] of tree.entries) yield* leaves(entry.value, [...path, key]);
}

/** A map with one entry replaced or added. */
export function withEntry(tree: Dict, key: string, entry: Entry): Dict {
  return { ...tree, entries: new Map([...tree.entries, [key, entry]]) };
}

export function withoutEntries(tree: Dict, keys: readonly string[]): Dict {
  return { ...tree, entries: new Map([...tree.entries].filter(([key]) => !keys.includes(key))) };
}

/** Every place in a tree, of keys and of values. */
export function* places(tree: Tree): Generator<Position> {
  yield tree.at;
  if (tree.type === 'list') for (const item of tree.items) yield* places(item);
  if (tree.type !== 'map') return;
  for (const { keyAt, value } of tree.entries.values()) {
    yield keyAt;
    yield* places(value);
  }
}

/** The first key or value with that text: for what carries no place of its own, because a kind has made it. */
export function placeOf(written: string, tree: Tree): Position {
  for (const { text, at } of texts(tree)) if (text === written) return at;
  return tree.at;
}

function* texts(tree: Tree): Generator<{ readonly text: JsonScalar; readonly at: Position }> {
  if (tree.type === 'scalar') yield { text: tree.value, at: tree.at };
  if (tree.type === 'list') for (const item of tree.items) yield* texts(item);
  if (tree.type !== 'map') return;
  for (const [key, { keyAt, value }] of tree.entries) {
    yield { text: key, at: keyAt };
    yield* texts(value);
  }
}
