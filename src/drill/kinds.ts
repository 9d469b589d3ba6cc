// Looking up what a drill names: kinds in the registry, names of its own parts, and the parameters in `with`.
import type { Position } from '../core/drill.ts';
import type { Described, Registry } from '../core/kinds.ts';
import { nameOf } from './merge.ts';
import type { Problems } from './problems.ts';
import { readWrapped } from './read.ts';
import { suggest } from './suggest.ts';
import { child, fromJson, keyPosition, nearestAt, type Tree, textAt } from './tree.ts';

/** What every part of the reading has at hand. */
export interface Reading {
  readonly registry: Registry;
  readonly problems: Problems;
}

export type Section = 'faults' | 'actions' | 'probes' | 'workloads' | 'assertions' | 'services';
const singular: Readonly<Record<Section, string>> = {
  faults: 'fault',
  actions: 'action',
  probes: 'probe',
  workloads: 'workload',
  assertions: 'assertion',
  services: 'service',
};

/** The kind called `name`; an error at `at`, with what was probably meant, if there is none. */
export function kindCalled<S extends Section>(
  section: S,
  name: string,
  { registry, problems, at }: Reading & { at: Position },
): NonNullable<ReturnType<Registry[S]['get']>> | undefined {
  const kinds: ReadonlyMap<string, unknown> = registry[section];
  if (kinds.has(name)) return kinds.get(name) as NonNullable<ReturnType<Registry[S]['get']>>;
  const elsewhere = (Object.keys(singular) as Section[]).find((other) => registry[other].has(name));
  const hint = elsewhere === undefined ? suggest(name, kinds.keys()) : `it is ${article(singular[elsewhere])}`;
  problems.error(at, `there is no ${singular[section]} "${name}"`, hint);
  return undefined;
}

/** The kind that an entry names under its verb. Nothing is said if there is no text there: the shape says it. */
export function kindOf<S extends Section>(section: S, item: Tree, reading: Reading & { verb: string }) {
  const name = textAt(item, reading.verb);
  const at = nearestAt(item, [reading.verb]).at;
  return name === undefined ? undefined : kindCalled(section, name, { ...reading, at });
}

/** `with` through the kind's own schema. The result is wrapped, because a parsed value can be undefined. */
export function readWith<P>(kind: Described<P>, item: Tree, problems: Problems): { readonly params: P } | undefined {
  const given = child(item, 'with');
  if (given !== undefined && given.type !== 'map') return undefined;
  const read = readWrapped(kind.params, given ?? fromJson({}, item.at), problems);
  return read && { params: read.value };
}

/** Says where two entries of a list have one name. */
export function checkUnique(items: readonly Tree[], verbs: readonly string[], reading: Problems): void {
  const seen = new Map<string, Tree>();
  for (const item of items) {
    const name = nameOf(item, verbs);
    const first = name === undefined ? undefined : seen.get(name);
    if (first !== undefined) {
      const own = textAt(item, 'name') === undefined ? 'give one of them a name' : 'choose another name';
      reading.error(nearestAt(item, ['name']).at, `"${name}" is there twice (first in line ${first.at.line})`, own);
    } else if (name !== undefined) seen.set(name, item);
  }
}

/** A reference to something by name: an error with what was probably meant, if there is no such thing. */
export function checkReference(
  name: string,
  { known, what, at, problems }: { known: readonly string[]; what: string; at: Position; problems: Problems },
): boolean {
  if (known.includes(name)) return true;
  problems.error(
    at,
    `there is no ${what} "${name}"`,
    suggest(name, known) ?? (known.length === 0 ? 'there is none at all' : undefined),
  );
  return false;
}

/** Where the value under a key stands. */
export function at(item: Tree, key: string): Position {
  return child(item, key)?.at ?? keyPosition(item, key);
}

function article(word: string): string {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}
