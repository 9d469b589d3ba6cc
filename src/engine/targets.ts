// Who is meant by a selector, over a live view: "whoever is primary now".
import type { ClusterSpec, ClusterView } from '../core/cluster.ts';
import type { Selector } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Service } from '../core/kinds.ts';
import { clientHost, type NodeName } from '../core/node.ts';
import type { Random } from '../core/random.ts';

export interface TargetContext {
  readonly spec: Pick<ClusterSpec, 'nodes' | 'clientHosts'>;
  readonly view: ClusterView;
  /** By the service's name in the cluster. */
  readonly services: ReadonlyMap<string, Service>;
  readonly random: Random;
  /** Workload → its processes, where they are what is meant by it; without it, its client host is. */
  readonly members?: ReadonlyMap<string, readonly NodeName[]>;
}

/** Names of nodes and client hosts, without repeats. An empty answer is an error: a fault on nobody proves nothing. */
export function resolveTargets(selector: Selector, cx: TargetContext): readonly string[] {
  const names = [...new Set(resolve(selector, cx))];
  if (names.length > 0) return names;
  throw new DrillError('FAULT_NOT_PROVED', `${describeSelector(selector)} names nobody right now`, {
    hint: 'Look at the roles in the journal: which nodes answered, and as what?',
  });
}

function resolve(selector: Selector, cx: TargetContext): readonly string[] {
  if (typeof selector === 'string') return resolveWord(selector, undefined, cx);
  if (isList(selector)) return selector.flatMap((one) => resolve(one, cx));
  if ('zone' in selector) return cx.spec.nodes.filter((node) => node.zone === selector.zone).map((node) => node.name);
  if ('workload' in selector) return clientsOf(selector.workload, cx);
  if ('oneOf' in selector) return cx.random.sample(resolve(selector.oneOf, cx), 1);
  if ('minorityOf' in selector) return part(selector.minorityOf, (count) => Math.floor((count - 1) / 2), cx);
  if ('majorityOf' in selector) return part(selector.majorityOf, (count) => Math.floor(count / 2) + 1, cx);
  if ('in' in selector) return resolve(selector.is, withOnly(selector.in, cx));
  return resolveWord(selector.word, selector.arg, cx);
}

function clientsOf(workload: string, { members }: TargetContext): readonly string[] {
  return members?.get(workload) ?? [clientHost(workload)];
}

function isList(selector: Selector): selector is readonly Selector[] {
  return Array.isArray(selector);
}

function part(of: Selector, howMany: (count: number) => number, cx: TargetContext): readonly string[] {
  const all = resolve(of, cx);
  return cx.random.sample(all, howMany(all.length));
}

function withOnly(service: string, cx: TargetContext): TargetContext {
  const found = cx.services.get(service);
  return { ...cx, services: new Map(found === undefined ? [] : [[service, found]]) };
}

function allClients({ spec, members }: TargetContext): readonly string[] {
  const processes = new Map([...(members ?? [])].map(([workload, names]) => [clientHost(workload), names]));
  return spec.clientHosts.flatMap((host) => processes.get(host) ?? [host]);
}

function resolveWord(word: string, arg: string | undefined, cx: TargetContext): readonly string[] {
  if (word === 'clients') return allClients(cx);
  if ([...(cx.members?.values() ?? [])].some((names) => names.includes(word))) return [word];
  if (cx.spec.nodes.some((node) => node.name === word) || cx.spec.clientHosts.includes(word)) return [word];
  return [...cx.services].flatMap(([name, service]) => {
    const view = cx.view.services[name];
    return view === undefined ? [] : (service.words[word]?.resolve(view, arg) ?? []);
  });
}

export function describeSelector(selector: Selector): string {
  return typeof selector === 'string' ? selector : JSON.stringify(selector);
}
