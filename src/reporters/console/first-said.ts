// What several Sentinels say of the same event is told once, by whoever says it first.
import type { MarkEvent } from '../../core/journal.ts';

/** True for what nobody has said yet, and when one who has said it says it again: then it has happened again. */
export function createFirstSaid(): (mark: MarkEvent) => boolean {
  const saidBy = new Map<string, Set<string>>();
  return ({ mark, source, detail }) => {
    // Only a Sentinel speaks of others; a node that speaks of itself is not repeated by anybody.
    const what = `${mark} ${/^[+-]/.test(mark) ? detail.split(' #')[0] : source}`;
    const said = saidBy.get(what);
    if (said === undefined || said.has(source)) {
      saidBy.set(what, new Set([source]));
      return true;
    }
    said.add(source);
    return false;
  };
}
