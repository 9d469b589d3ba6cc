import { z } from 'zod';
import type { LinkHarm } from '../core/cluster.ts';
import type { Selector } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import type { Fault, FaultInput } from '../core/kinds.ts';
import { selectorSchema } from '../core/selector.ts';
import { need } from './effect/capability.ts';
import { cutAndProve, proveCut } from './effect/cut.ts';
import { touchable } from './effect/links.ts';

const params = z.strictObject({
  groups: z
    .array(selectorSchema())
    .min(2)
    .optional()
    .describe('groups that cannot reach each other; `rest` is everything that no other group names'),
  isolate: selectorSchema().optional().describe('these against everything else; short for groups: [these, rest]'),
  direction: z
    .enum(['both', 'fromFirst', 'toFirst'])
    .default('both')
    .describe('whose connections are cut: all, those that the first group opens, or those that are opened to it'),
  mode: z
    .enum(['silent', 'refuse'])
    .default('silent')
    .describe('silent: bytes stop and connections stay open; refuse: connections end and new ones are refused'),
});
type Params = z.output<typeof params>;
interface Prior {
  readonly [name: string]: readonly string[];
  readonly links: readonly string[];
}

export const networkPartition: Fault<Params, Prior> = {
  kind: 'network.partition',
  summary: 'Cuts groups of nodes and clients from each other, silently or with refused connections',
  params,
  example: { with: { isolate: 'redis-primary' } },
  needsTargets: false,
  undoneBy: 'healing the links that it cut',
  needs: () => ['links'],
  selectors: groupsOf,
  touches: (input) => {
    const nodes = new Set(input.cluster.spec.nodes.map((node) => node.name));
    const [first = []] = resolveGroups(input);
    return first.filter((name) => nodes.has(name));
  },
  undo: (input) => ({ links: linksBetween(input) }),
  inject: (input, cx) => cutAndProve(linksBetween(input), input.params.mode, cx),
  still: async (record, cx) => {
    const states = await need(cx.cluster, 'links').state();
    const open = states.filter(
      (link) => record.prior.links.includes(link.name) && link.enabled && link.toxics.length === 0,
    );
    if (open.length === 0) return;
    await proveCut(
      open.map((link) => link.name),
      cx,
    );
  },
  revert: async (record, cx) => {
    await need(cx.cluster, 'links').heal(record.prior.links, harmOf(record.params as Params));
    return { summary: `${record.prior.links.length} links healed`, facts: { links: [...record.prior.links] } };
  },
};

/** What this partition does to its links, and all that its revert may undo. */
function harmOf({ mode }: Params): LinkHarm {
  return mode === 'silent' ? 'cut' : 'refuse';
}

function groupsOf({ groups, isolate }: Params): readonly Selector[] {
  if (isolate !== undefined) return [isolate, 'rest'];
  return groups ?? [];
}

/** Groups as names; `rest` is what the others leave of all nodes and client hosts. */
function resolveGroups(input: FaultInput<Params>): readonly (readonly string[])[] {
  const selectors = groupsOf(input.params);
  if (selectors.length < 2) {
    throw new DrillError('DRILL_INVALID', 'network.partition needs `groups` (two or more) or `isolate`');
  }
  const isRest = (selector: Selector): boolean =>
    selector === 'rest' || (Array.isArray(selector) && selector.length === 1 && selector[0] === 'rest');
  const named = selectors.map((selector) => (isRest(selector) ? undefined : input.resolve(selector)));
  const taken = new Set(named.flatMap((group) => group ?? []));
  const everyone = [...input.cluster.spec.nodes.map((node) => node.name), ...input.cluster.spec.clientHosts];
  return named.map((group) => group ?? everyone.filter((name) => !taken.has(name)));
}

/** Links whose two ends are in different groups, in the direction asked for. Pure. */
function linksBetween(input: FaultInput<Params>): string[] {
  const groups = resolveGroups(input);
  const groupOf = (name: string): number => groups.findIndex((group) => group.includes(name));
  return touchable(input.cluster)
    .filter((link) => {
      const [from, to] = [groupOf(link.from), groupOf(link.to)];
      if (from < 0 || to < 0 || from === to) return false;
      if (input.params.direction === 'fromFirst') return from === 0;
      return input.params.direction === 'both' || to === 0;
    })
    .map((link) => link.name);
}
