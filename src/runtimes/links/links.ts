import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkHarm, Links } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import { isAnswered } from './ask.ts';
import { each, throwFirst } from './each.ts';
import { type OwnProxiesOptions, ownProxies } from './own-proxies.ts';
import {
  CUT_PREFIX,
  CUT_TOXICS,
  neutral,
  SHAPE_PREFIX,
  sameAttributes,
  shapeToxics,
  type ToxicSpec,
} from './toxics.ts';
import type { ProxyState, ToxiproxyApi } from './toxiproxy.ts';

/**
 * A connection whose other end has gone is let go of when what it held is written to it. A removal that comes before
 * that waits for it, and it for the removal.
 */
const SETTLE_MS = 30;

/** Links as proxies of one Toxiproxy. Nothing is remembered here: what is true is asked of Toxiproxy each time. */
export function createLinks(options: OwnProxiesOptions): Links {
  const { api, proxies } = options;
  const { find, read } = ownProxies(options);
  return {
    cut: async (names) => {
      const states = await read(names);
      await each(pairs(states, CUT_TOXICS), ([state, toxic]) => put(api, state, toxic));
    },
    refuse: async (names) => each(await read(names), (state) => api.setEnabled(state, false)),
    shape: async (names, shape) => {
      const wanted = shapeToxics(shape);
      const states = await read(names);
      const isOver = (toxic: ToxicSpec): boolean =>
        toxic.name.startsWith(SHAPE_PREFIX) && wanted.every(({ name }) => name !== toxic.name);
      throwFirst(await lift(api, states, isOver), states.length);
      await each(pairs(states, wanted), ([state, toxic]) => put(api, state, toxic));
    },
    heal: async (names, only) => {
      await healEach(api, await read(names), only);
      const harmed = (await read(names)).find((state) => isClosed(state, only) || state.toxics.some(isOf(only)));
      if (harmed !== undefined) throw unhealed(harmed);
    },
    state: async () =>
      (await read(proxies.map((proxy) => proxy.name))).map(({ name, enabled, toxics }) => ({
        name,
        enabled,
        toxics: toxics.map((toxic) => toxic.name),
      })),
    answers: async (names, withinMs) => {
      const asked = find(names).map(
        async ({ name, listen, role }) => [name, await isAnswered(listen, role, withinMs)] as const,
      );
      const answers = await Promise.all(asked);
      // Silence says something of a link only while it is our Toxiproxy that is silent.
      if (answers.some(([, answered]) => !answered)) await read(names);
      return Object.fromEntries(answers);
    },
  };
}

/** Heals what it can, and throws what failed after that: one link must not leave the others cut. */
async function healEach(api: ToxiproxyApi, states: readonly ProxyState[], only: LinkHarm | undefined): Promise<void> {
  const failures = await lift(api, states, isOf(only));
  const shut = states.filter((state) => isClosed(state, only));
  await each(shut, (state) => api.setEnabled(state, true)).catch((error: unknown) => failures.push(error));
  throwFirst(failures, states.length);
}

/** Toxics that are this harm; without one, all of them. */
function isOf(only: LinkHarm | undefined): (toxic: ToxicSpec) => boolean {
  if (only === undefined) return () => true;
  return ({ name }) =>
    only === 'shape' ? name.startsWith(SHAPE_PREFIX) : only === 'cut' && name.startsWith(CUT_PREFIX);
}

function isClosed(state: ProxyState, only: LinkHarm | undefined): boolean {
  return !state.enabled && (only === undefined || only === 'refuse');
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

function unhealed({ name, enabled, toxics }: ProxyState): DrillError {
  const what = enabled ? `still has ${toxics.map((toxic) => toxic.name).join(', ')}` : 'is still closed';
  return new DrillError('TOOL_BROKEN', `link ${name} ${what} after it was healed`, {
    hint: 'Is another process working on the same links?',
  });
}
