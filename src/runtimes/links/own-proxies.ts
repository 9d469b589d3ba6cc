import { DrillError } from '../../core/error.ts';
import type { ProxySpec } from './matrix.ts';
import type { ProxyState, ToxiproxyApi } from './toxiproxy.ts';

export interface OwnProxiesOptions {
  readonly api: ToxiproxyApi;
  readonly proxies: readonly ProxySpec[];
  /** The proxy that tells our Toxiproxy from one that was started in its place. */
  readonly mark: string;
  /** Why a link of the cluster has no proxy here; undefined = every one has. */
  readonly whyAbsent?: ((name: string) => DrillError | undefined) | undefined;
}

export interface OwnProxies {
  /** Throws for a name that is no link. */
  readonly find: (names: readonly string[]) => readonly ProxySpec[];
  /** As they are right now. Throws TOOL_BROKEN when Toxiproxy is gone, or is another one than ours. */
  readonly read: (names: readonly string[]) => Promise<readonly ProxyState[]>;
}

/** The proxies of one cluster in its Toxiproxy, which may be restarted or reset behind our back at any time. */
export function ownProxies({ api, proxies, mark, whyAbsent }: OwnProxiesOptions): OwnProxies {
  const known = new Map(proxies.map((proxy) => [proxy.name, proxy]));
  const find = (names: readonly string[]): readonly ProxySpec[] =>
    names.map((name) => known.get(name) ?? throwAbsent(whyAbsent?.(name) ?? noSuchLink(name, [...known.keys()])));
  return {
    find,
    read: async (names) => {
      const specs = find(names);
      const live = await api.proxies();
      if (!live.has(mark)) throw replaced(`it does not know the mark of this run (${live.size} proxies)`);
      return specs.map(({ name }) => live.get(name) ?? throwAbsent(replaced(`the link ${name} is gone`)));
    },
  };
}

function throwAbsent(error: DrillError): never {
  throw error;
}

function noSuchLink(name: string, known: readonly string[]): DrillError {
  const hint = `There are ${known.length} links, such as ${known.slice(0, 3).join(', ')}.`;
  return new DrillError('INTERNAL', `no such link: "${name}"`, { hint });
}

function replaced(because: string): DrillError {
  return new DrillError('TOOL_BROKEN', `Toxiproxy is not the one that this cluster was started with: ${because}`, {
    hint: 'Was it restarted or reset? Its links are as new, and nothing that was cut is cut any more.',
  });
}
