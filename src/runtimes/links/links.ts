import { setTimeout as sleep } from 'node:timers/promises';
import type { Links } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import { isAnswered } from './ask.ts';
import { each, throwFirst } from './each.ts';
import type { ProxySpec } from './matrix.ts';
import { CUT_TOXICS, neutral, SHAPE_PREFIX, sameAttributes, shapeToxics, type ToxicSpec } from './toxics.ts';
import type { ProxyState, ToxiproxyApi } from './toxiproxy.ts';

export interface LinksOptions {
  readonly api: ToxiproxyApi;
  readonly proxies: readonly ProxySpec[];
  /** The proxy that tells our Toxiproxy from one that was started in its place. */
  readonly mark: string;
  /** Why a link of the cluster has no proxy here; undefined = every one has. */
  readonly whyAbsent?: ((name: string) => DrillError | undefined) | undefined;
}

/**
 * A connection whose other end has gone is let go of when what it held is written to it. A removal that comes before
 * that waits for it, and it for the removal.
 */
const SETTLE_MS = 30;

/** Links as proxies of one Toxiproxy. Nothing is remembered here: what is true is asked of Toxiproxy each time. */
export function createLinks({ api, proxies, mark, whyAbsent }: LinksOptions): Links {
  const known = new Map(proxies.map((proxy) => [proxy.name, proxy]));
  const specsOf = (names: readonly string[]): ProxySpec[] =>
    names.map((name) => {
      const spec = known.get(name);
      if (spec !== undefined) return spec;
      const hint = `There are ${known.size} links, such as ${[...known.keys()].slice(0, 3).join(', ')}.`;
      throw whyAbsent?.(name) ?? new DrillError('INTERNAL', `no such link: "${name}"`, { hint });
    });
  const current = async (names: readonly string[]): Promise<ProxyState[]> => {
    const specs = specsOf(names);
    const live = await api.proxies();
    if (!live.has(mark)) throw replaced(`it does not know the mark of this run (${live.size} proxies)`);
    return specs.map((spec) => live.get(spec.name) ?? lost(spec.name));
  };
  return {
    cut: async (names) => {
      const states = await current(names);
      await each(pairs(states, CUT_TOXICS), ([state, toxic]) => put(api, state, toxic));
    },
    refuse: async (names) => each(await current(names), (state) => api.setEnabled(state, false)),
    shape: async (names, shape) => {
      const wanted = shapeToxics(shape);
      const states = await current(names);
      const isOver = (toxic: ToxicSpec): boolean =>
        toxic.name.startsWith(SHAPE_PREFIX) && wanted.every(({ name }) => name !== toxic.name);
      throwFirst(await lift(api, states, isOver), states.length);
      await each(pairs(states, wanted), ([state, toxic]) => put(api, state, toxic));
    },
    heal: async (names) => {
      const states = await current(names);
      const failures = await lift(api, states, () => true);
      await each(states, (state) => api.setEnabled(state, true)).catch((error: unknown) => failures.push(error));
      throwFirst(failures, states.length);
      for (const state of await current(names)) if (!state.enabled || state.toxics.length > 0) throw unhealed(state);
    },
    state: async () =>
      (await current([...known.keys()])).map(({ name, enabled, toxics }) => ({
        name,
        enabled,
        toxics: toxics.map((toxic) => toxic.name),
      })),
    answers: async (names, withinMs) => {
      const asked = specsOf(names).map(
        async ({ name, listen, role }) => [name, await isAnswered(listen, role, withinMs)] as const,
      );
      const answers = await Promise.all(asked);
      // Silence says something of a link only while it is our Toxiproxy that is silent.
      if (answers.some(([, answered]) => !answered)) await current(names);
      return Object.fromEntries(answers);
    },
  };
}

/** Two steps over all links: first every toxic does nothing, then they go. Returns what failed, after all was tried. */
async function lift(
  api: ToxiproxyApi,
  states: readonly ProxyState[],
  which: (toxic: ToxicSpec) => boolean,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const keep = (error: unknown): void => void failures.push(error);
  const doomed = states.flatMap((state) => state.toxics.filter(which).map((toxic) => [state, toxic] as const));
  if (doomed.length === 0) return failures;
  await each(doomed, async ([state, toxic]) => {
    const nothing = neutral(toxic);
    if (nothing !== undefined) await api.updateToxic(state, nothing);
  }).catch(keep);
  await sleep(SETTLE_MS);
  await each(doomed, ([state, toxic]) => api.removeToxic(state, toxic)).catch(keep);
  return failures;
}

async function put(api: ToxiproxyApi, state: ProxyState, toxic: ToxicSpec): Promise<void> {
  const there = state.toxics.find(({ name }) => name === toxic.name);
  if (there === undefined) await api.addToxic(state, toxic);
  else if (!sameAttributes(there, toxic)) await api.updateToxic(state, toxic);
}

function pairs<A, B>(left: readonly A[], right: readonly B[]): Array<readonly [A, B]> {
  return left.flatMap((a) => right.map((b) => [a, b] as const));
}

function replaced(because: string): DrillError {
  return new DrillError('TOOL_BROKEN', `Toxiproxy is not the one that this cluster was started with: ${because}`, {
    hint: 'Was it restarted or reset? Its links are as new, and nothing that was cut is cut any more.',
  });
}

function lost(name: string): never {
  throw replaced(`the link ${name} is gone`);
}

function unhealed({ name, enabled, toxics }: ProxyState): DrillError {
  const what = enabled ? `still has ${toxics.map((toxic) => toxic.name).join(', ')}` : 'is still closed';
  return new DrillError('TOOL_BROKEN', `link ${name} ${what} after it was healed`, {
    hint: 'Is another process working on the same links?',
  });
}
