// What goes by while a drill runs: a log, and on a terminal the present state below it.
import { asTyped, PROGRAM } from '../../core/called-as.ts';
import type { JournalEvent } from '../../core/journal.ts';
import { padStart, wrap } from '../text.ts';
import { plural } from '../words.ts';
import { describeEvent } from './event-lines.ts';
import { createFirstSaid } from './first-said.ts';
import { createLiveRegion } from './live-region.ts';
import { createLiveState, elapsed } from './live-state.ts';
import { type Paint, verdictStyle } from './paint.ts';
import { tellsStory } from './story.ts';

export interface Progress extends Disposable {
  event(event: JournalEvent): void;
  line(text: string): void;
  /** Takes what is drawn in place away. */
  [Symbol.dispose](): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Draw in place. Without it nothing is wrapped either: one event is one line, for grep. */
  readonly live: boolean;
  readonly columns: () => number;
  readonly paint: Paint;
  readonly called?: string;
}

const clockWidth = 9;
const gap = '  ';

export function createProgress({ write, live, columns, paint, called = PROGRAM }: ProgressOptions): Progress {
  const state = createLiveState();
  const isFirst = createFirstSaid();
  let untold = 0;
  let last = { atMs: 0, seenNs: process.hrtime.bigint() };
  const nowMs = (): number => last.atMs + Number(process.hrtime.bigint() - last.seenNs) / 1e6;
  const region = live
    ? createLiveRegion({ write, columns, render: (width) => state.lines(nowMs(), width) })
    : undefined;

  function say(atMs: number, what: string, bad: boolean): void {
    const text = asTyped(what, called);
    const clock = padStart(elapsed(atMs), clockWidth) + gap;
    const lines = live ? wrap(text, columns() - clock.length - 1) : [text];
    for (const [at, line] of lines.entries()) {
      const head = at === 0 ? paint('dim', clock) : ' '.repeat(clock.length);
      const whole = head + (bad ? paint(verdictStyle.failed, line) : line);
      if (region === undefined) write(`${whole}\n`);
      else region.print(whole);
    }
  }

  return {
    event(event) {
      last = { atMs: event.atMs, seenNs: process.hrtime.bigint() };
      state.apply(event);
      // On a terminal the marks stand in the line that is drawn in place.
      const silent = event.type === 'mark' && (live || !tellsStory(event) || !isFirst(event));
      if (silent) untold += 1;
      const line = silent ? undefined : describeEvent(event);
      if (line !== undefined) say(event.atMs, line.text, line.bad);
      if (event.type === 'end' && untold > 0 && !live)
        say(event.atMs, `${plural(untold, 'more event')} of the servers: events.ndjson in the report`, false);
    },
    line: (text) => say(nowMs(), text, false),
    [Symbol.dispose]: () => region?.[Symbol.dispose](),
  };
}
