// `use`: shared pieces of drills. A fragment is merged under the drill that uses it; the drill has the last word.
import { dirname, join, normalize } from 'node:path';
import { parseYaml } from './document.ts';
import { mergeTrees } from './merge.ts';
import type { Problems } from './problems.ts';
import { suggest } from './suggest.ts';
import { type Dict, itemsAt, keyPosition, type Leaf, withoutEntries } from './tree.ts';

/** Text of a fragment, or undefined when there is no such file. `siblings` are for "did you mean". */
export interface FragmentReader {
  read(file: string): string | undefined;
  siblings(file: string): readonly string[];
}

/** What says which drill it is, and cannot be shared. */
const drillOnly = ['title', 'description', 'proves', 'cadence'];

interface Reading {
  readonly reader: FragmentReader;
  readonly problems: Problems;
  /** The files that are being read, outermost first: to use one of them again would never end. */
  readonly chain: readonly string[];
  /** Every text read, for the drill's checksum. */
  readonly texts: string[];
}

/** The document of `file` with everything that it uses merged under it, and without `use` and `$schema`. */
export function resolveFragments(tree: Dict, file: string, reading: Reading): Dict {
  const chain = [...reading.chain, normalize(file)];
  const own = withoutEntries(tree, ['use', '$schema']);
  const pieces = itemsAt(tree, 'use').flatMap((item) => {
    if (item.type === 'scalar' && typeof item.value === 'string') {
      return readFragment(item as Leaf & { value: string }, file, { ...reading, chain }) ?? [];
    }
    reading.problems.error(item.at, 'expected the path of a fragment, relative to this file');
    return [];
  });
  const use = tree.entries.get('use');
  if (use !== undefined && use.value.type !== 'list') {
    reading.problems.error(use.value.at, 'expected a list of fragments, such as [fragments/healthy.yaml]');
  }
  const [first, ...others] = [...pieces, own];
  return others.reduce(
    (base, over) => mergeTrees(base, over, { problems: reading.problems, patch: false }),
    first ?? own,
  );
}

function readFragment(item: Leaf & { value: string }, from: string, reading: Reading): Dict | undefined {
  const { reader, problems, chain, texts } = reading;
  const file = normalize(join(dirname(from), item.value));
  if (chain.includes(file)) {
    problems.error(item.at, `${item.value} uses itself: ${[...chain, file].join(' → ')}`);
    return undefined;
  }
  const text = reader.read(file);
  if (text === undefined) {
    problems.error(
      item.at,
      `there is no fragment ${file}`,
      suggest(
        item.value,
        reader.siblings(file).map((name) => join(dirname(item.value), name)),
      ),
    );
    return undefined;
  }
  texts.push(text);
  const tree = parseYaml(text, file, problems);
  if (tree?.type !== 'map') return undefined;
  for (const key of drillOnly.filter((key) => tree.entries.has(key))) {
    problems.error(keyPosition(tree, key), `"${key}" belongs into the drill, and not into a fragment`);
  }
  return resolveFragments(withoutEntries(tree, drillOnly), file, reading);
}
