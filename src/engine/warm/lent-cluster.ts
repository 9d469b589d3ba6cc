// A warm cluster as one run knows it: its client hosts have the names of the run's workloads, and it is not taken down.
import type { Cluster, ClusterHandle, Lent, Links } from '../../core/cluster.ts';
import { type Places, renamed, withPlaces } from './topology.ts';

export interface Lending {
  readonly lent: Lent;
  /** Asked when it is disposed: false = it is no use to anybody any more, and goes whole. */
  isKept(): boolean;
  giveBack(): Promise<void>;
}

/** The run's copy of the handle: who undoes the run finds the cluster with it, and knows that it is lent. */
export function lentHandle(handle: ClusterHandle, lent: Lent): ClusterHandle {
  return { ...handle, lent };
}

export function lentCluster(cluster: Cluster, { lent, isKept, giveBack }: Lending): Cluster {
  const { places } = lent;
  const spec = withPlaces(cluster.spec, places);
  let back: Promise<void> | undefined;
  return {
    get owned() {
      return !isKept();
    },
    handle: lentHandle(cluster.handle, lent),
    spec,
    addresses: (from) => ({ ...cluster.addresses(places[from] ?? from), from }),
    can: (capability, node) => {
      const found = cluster.can(capability, node);
      if (capability !== 'links' || found === undefined) return found;
      return linksOf(found as Links, places, new Set(spec.links.map(({ name }) => name))) as typeof found;
    },
    [Symbol.asyncDispose]: () => {
      back ??= giveBack();
      return back;
    },
  };
}

function linksOf(links: Links, places: Places, known: ReadonlySet<string>): Links {
  const theirs = renaming(Object.entries(places));
  const ours = renaming(Object.entries(places).map(([host, slot]) => [slot, host]));
  return {
    cut: (names) => links.cut(names.map(theirs)),
    refuse: (names) => links.refuse(names.map(theirs)),
    shape: (names, shape) => links.shape(names.map(theirs), shape),
    heal: (names, only) => links.heal(names.map(theirs), only),
    state: async () =>
      (await links.state()).map((link) => ({ ...link, name: ours(link.name) })).filter(({ name }) => known.has(name)),
    answers: async (names, withinMs) => {
      const answers = await links.answers(names.map(theirs), withinMs);
      return Object.fromEntries(Object.entries(answers).map(([name, answered]) => [ours(name), answered]));
    },
  };
}

function renaming(pairs: readonly (readonly [string, string])[]): (link: string) => string {
  return (link) => {
    const pair = pairs.find(([from, to]) => renamed(link, from, to) !== link);
    return pair === undefined ? link : renamed(link, ...pair);
  };
}
