// What a cluster is made from, without whose drill it serves: two drills with the same may share a warm one. Pure.
import { createHash } from 'node:crypto';
import type { ClusterSpec } from '../../core/cluster.ts';
import { clientHost, linkName } from '../../core/node.ts';
import { linksFrom } from '../makeup.ts';
import type { Plan } from '../plan.ts';

type Spec = Omit<ClusterSpec, 'runId'>;

/** The name of the warm cluster that fits: `cache-1f4a9c02`. The same for the same runtime, nodes, links and files. */
export function clusterNameOf({ runtime, services, spec }: Pick<Plan, 'runtime' | 'services' | 'spec'>): string {
  const links = spec.links.filter(({ from }) => !spec.clientHosts.includes(from)).map(({ name }) => name);
  const made = JSON.stringify([runtime.kind, spec.nodes, links, spec.files]);
  const names = [...services.keys()].join('-').replaceAll(/[^\w-]+/g, '_');
  return `${names}-${createHash('sha256').update(made).digest('hex').slice(0, 8)}`;
}

/** The same cluster, with `count` client hosts that are nobody's yet: workloads of any drill take their places. */
export function withSlots({ nodes, links, files, clientHosts }: Spec, count: number): Spec {
  const slots = Array.from({ length: count }, (_, index) => clientHost(`slot-${index + 1}`));
  const others = links.filter(({ from }) => !clientHosts.includes(from));
  return { nodes, files, clientHosts: slots, links: [...others, ...slots.flatMap((slot) => linksFrom(slot, nodes))] };
}

/** The drill's client host → the slot that stands in for it. */
export type Places = Readonly<Record<string, string>>;

/** Undefined when there are too few slots. */
export function placesFor({ clientHosts }: Spec, slots: readonly string[]): Places | undefined {
  if (clientHosts.length > slots.length) return undefined;
  return Object.fromEntries(clientHosts.map((host, index) => [host, slots[index] ?? '']));
}

/** The cluster as the drill knows it: slots have the names of its client hosts, and those that it does not need are not there. */
export function withPlaces(spec: ClusterSpec, places: Places): ClusterSpec {
  const hosts = new Map(Object.entries(places).map(([host, slot]) => [slot, host]));
  const links = spec.links.flatMap((link) => {
    if (!spec.clientHosts.includes(link.from)) return [link];
    const from = hosts.get(link.from);
    return from === undefined ? [] : [{ ...link, from, name: renamed(link.name, link.from, from) }];
  });
  return { ...spec, links, clientHosts: Object.keys(places) };
}

/** `client:slot-1->redis-1` → `client:writes->redis-1`; any other link's name as it is. */
export function renamed(link: string, from: string, to: string): string {
  const start = linkName(from, '');
  return link.startsWith(start) ? linkName(to, link.slice(start.length)) : link;
}

/** Why a cluster that was made from `warm` does not do for `wanted`, as the end of "the warm cluster …". */
export function differenceOf(warm: Spec, wanted: Spec): string {
  const names = (spec: Spec): string => [...new Set(spec.nodes.map(({ service }) => service))].join(', ');
  if (names(warm) !== names(wanted)) return `has other services: ${names(warm)}`;
  const nodes = (spec: Spec): string => spec.nodes.map(({ name }) => name).join(', ');
  if (nodes(warm) !== nodes(wanted)) return `has other nodes: ${nodes(warm)}`;
  for (const { name } of wanted.nodes) {
    const [is, shouldBe] = [warm, wanted].map((spec) =>
      (spec.files[name] ?? []).flatMap(({ text }) => text.split('\n')),
    );
    const missing = shouldBe?.find((line) => !is?.includes(line));
    const extra = is?.find((line) => !shouldBe?.includes(line));
    if (missing !== undefined && extra !== undefined)
      return `has other settings: ${name} has "${extra}", not "${missing}"`;
    if (missing !== undefined) return `has other settings: ${name} lacks "${missing}"`;
    if (extra !== undefined) return `has other settings: ${name} has "${extra}"`;
  }
  return 'is made in another way';
}
