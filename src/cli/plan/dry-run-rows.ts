// Lines of a dry run: how sure it is, and what.
import type { Standing } from '../../core/dry-run.ts';

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  proved: 'proved',
  wouldDo: 'would do',
  cannotProve: 'cannot prove',
  refused: 'REFUSED',
};

export type Row = readonly [Standing, string];

/** What is so, or why it is not known to be. */
export function told(item: { readonly standing: Standing; readonly because?: string }, what: string): Row {
  return [item.standing, item.because === undefined ? what : `${what}: ${item.because}`];
}
