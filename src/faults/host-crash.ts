import { z } from 'zod';
import type { Evidence } from '../core/journal.ts';
import type { Fault, LiveContext, UndoRecord } from '../core/kinds.ts';
import { need } from './effect/capability.ts';
import { cutAndProve } from './effect/cut.ts';
import { linksAround } from './effect/links.ts';
import { describeIdentity, proveGone, runningNode, stillGone } from './effect/process.ts';

const params = z.strictObject({});

interface Prior {
  readonly [name: string]: readonly string[];
  readonly links: readonly string[];
}

/**
 * A machine that is lost: first every link of the node falls silent, then its process is killed, so that what it had
 * not sent yet is gone. A plain process.kill on one machine loses nothing that was acknowledged.
 */
export const hostCrash: Fault<z.output<typeof params>, Prior> = {
  kind: 'host.crash',
  summary: 'Loses the machine: all its links fall silent, then the process is killed',
  params,
  needsTargets: true,
  undoneBy: 'starting the node again, with its links healed and no old connection left',
  needs: () => ['lifecycle', 'links'],
  touches: (input) => input.targets,
  undo: (input) => ({ links: [...new Set(input.targets.flatMap((node) => linksAround(input.cluster, node)))] }),
  inject: async (input, cx) => {
    const before = await Promise.all(input.targets.map((node) => runningNode(node, cx)));
    const names = [...new Set(input.targets.flatMap((node) => linksAround(input.cluster, node)))];
    const cut = await cutAndProve(names, 'silent', cx);
    await Promise.all(input.targets.map((node) => need(cx.cluster, 'lifecycle', node).kill(node)));
    const byMs = cx.clock.nowMs();
    await Promise.all(input.targets.map((node) => proveGone(node, cx)));
    const who = input.targets.map((node, at) => `${node}, ${describeIdentity(before[at]?.identity)}`);
    return {
      summary: `${cut.summary}; then gone: ${who.join('; ')}`,
      facts: { nodes: [...input.targets] },
      notBeforeMs: cut.notBeforeMs ?? byMs,
      byMs,
    };
  },
  still: stillGone,
  revert: reconnect,
};

/** What was held on the links of a machine that is gone must not be delivered: connections are ended before the heal. */
async function reconnect(record: UndoRecord<Prior>, cx: LiveContext): Promise<Evidence> {
  const links = need(cx.cluster, 'links');
  await links.refuse(record.prior.links);
  for (const { node } of record.targets) await need(cx.cluster, 'lifecycle', node).start(node);
  await links.heal(record.prior.links, 'cut');
  await links.heal(record.prior.links, 'refuse');
  const nodes = record.targets.map(({ node }) => node);
  return { summary: `started and connected again: ${nodes.join(', ')}`, facts: { nodes } };
}
