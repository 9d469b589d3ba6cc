// Slower links: how they are chosen, and the proof that they are slow.
import { z } from 'zod';
import type { LinkShape } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Evidence } from '../../core/journal.ts';
import type { FaultInput, LiveContext, UndoRecord } from '../../core/kinds.ts';
import { need } from './capability.ts';
import { linksAround, linksInto } from './links.ts';

export const waySchema = z
  .enum(['into', 'around'])
  .default('around')
  .describe('links on which others reach the targets, or also those on which the targets reach others');

export interface LinkPrior {
  readonly [name: string]: readonly string[];
  readonly links: readonly string[];
}

export function shapedLinks(input: FaultInput<{ readonly way: 'into' | 'around' }>): string[] {
  const pick = input.params.way === 'into' ? linksInto : linksAround;
  return [...new Set(input.targets.flatMap((node) => pick(input.cluster, node)))];
}

/** One timed request through a link's own listener; undefined when it is not answered within the deadline. */
export type TimeRequest = (link: string, withinMs: number) => Promise<number | undefined>;

export interface ShapeProof {
  readonly links: readonly string[];
  readonly shape: LinkShape;
  readonly time: TimeRequest;
  /** What a request must take at least, once the shape is on. */
  readonly atLeastMs: number;
}

/** Shapes the links and proves it on the first one that answers: a request takes as long as it then must. */
export async function shapeAndProve(proof: ShapeProof, cx: LiveContext): Promise<Evidence> {
  const links = need(cx.cluster, 'links');
  const answers = await links.answers(proof.links, 250);
  const alive = proof.links.find((name) => answers[name] === true);
  if (alive === undefined) {
    throw new DrillError(
      'FAULT_NOT_PROVED',
      `none of the ${proof.links.length} links answered before it was slowed down`,
    );
  }
  const beforeMs = await proof.time(alive, 1000);
  await links.shape(proof.links, proof.shape);
  const afterMs = await proof.time(alive, proof.atLeastMs * 4 + 1000);
  if (afterMs === undefined || afterMs < proof.atLeastMs) {
    const took = afterMs === undefined ? 'was not answered' : `took ${afterMs.toFixed(1)} ms`;
    throw new DrillError(
      'FAULT_NOT_PROVED',
      `a request through ${alive} ${took}; it should take at least ${proof.atLeastMs} ms`,
    );
  }
  return {
    summary: `${proof.links.length} links slower: a request through ${alive} took ${beforeMs?.toFixed(1) ?? '?'} ms before and ${afterMs.toFixed(1)} ms now`,
    facts: { links: [...proof.links], beforeMs: beforeMs ?? null, afterMs },
  };
}

/** Throws when a link has lost what we put on it. */
export async function stillShaped(record: UndoRecord<LinkPrior>, cx: LiveContext): Promise<void> {
  const states = await need(cx.cluster, 'links').state();
  const bare = states.filter((link) => record.prior.links.includes(link.name) && link.toxics.length === 0);
  if (bare.length === 0) return;
  throw new DrillError('FAULT_NOT_PROVED', `no toxic is left on ${bare.map((link) => link.name).join(', ')}`, {
    hint: 'Was Toxiproxy reset or restarted by somebody else?',
  });
}

export async function unshape(record: UndoRecord<LinkPrior>, cx: LiveContext): Promise<Evidence> {
  await need(cx.cluster, 'links').heal(record.prior.links, 'shape');
  return { summary: `${record.prior.links.length} links as fast as before`, facts: { links: [...record.prior.links] } };
}
