// Which of what servers say tells the story of a failover: the rest is how they go about it, and stands in the journal.
import type { MarkEvent } from '../../core/journal.ts';

/** Who is thought to be gone, who decides, who is promoted; and why nothing came of it. */
const OF_SENTINELS =
  /^(\+sdown|\+odown|\+elected-leader|\+promoted-slave|\+switch-master|[+-]tilt|-failover-abort-.*)$/;

/** What a node says of its own role always does; of Sentinels' events some do. */
export function tellsStory({ mark }: Pick<MarkEvent, 'mark'>): boolean {
  return !/^[+-]/.test(mark) || OF_SENTINELS.test(mark);
}
