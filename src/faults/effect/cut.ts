import { DrillError } from '../../core/error.ts';
import type { Evidence } from '../../core/journal.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { need } from './capability.ts';
import { SILENCE_MS } from './process.ts';

export type CutMode = 'silent' | 'refuse';

/** How long a request through a healthy link may take before we say that it was not answered. */
const ANSWER_WITHIN_MS = 250;

/**
 * Cuts the links and proves it on each: a request through the link's own listener was answered before, and is not for
 * 100 ms after. Links to nodes that did not answer before (they are down) prove nothing and are counted.
 */
export async function cutAndProve(names: readonly string[], mode: CutMode, cx: LiveContext): Promise<Evidence> {
  const links = need(cx.cluster, 'links');
  const before = await links.answers(names, ANSWER_WITHIN_MS);
  const alive = names.filter((name) => before[name] === true);
  if (alive.length === 0) {
    throw new DrillError('FAULT_NOT_PROVED', `none of the ${names.length} links answered before the cut`, {
      hint: 'A cut can only be proved on a link that worked.',
    });
  }
  const notBeforeMs = cx.clock.nowMs();
  await (mode === 'silent' ? links.cut(names) : links.refuse(names));
  const byMs = cx.clock.nowMs();
  await proveCut(alive, cx);
  const rest = names.length - alive.length;
  return {
    summary: `${names.length} links ${mode === 'silent' ? 'silent' : 'refusing'}: ${alive.length} answered before and do not now${rest > 0 ? `, ${rest} did not answer before` : ''}`,
    facts: { links: [...names], proved: alive },
    notBeforeMs,
    byMs,
  };
}

/** Throws when a request through any of them is answered. */
export async function proveCut(names: readonly string[], cx: LiveContext): Promise<void> {
  const answers = await need(cx.cluster, 'links').answers(names, SILENCE_MS);
  const open = names.filter((name) => answers[name] === true);
  if (open.length > 0) {
    throw new DrillError('FAULT_NOT_PROVED', `still answered through ${open.join(', ')}`, {
      hint: 'Was Toxiproxy reset or restarted by somebody else?',
    });
  }
}
