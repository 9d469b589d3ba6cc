// The lines at the bottom of a terminal that are drawn over again in place, while a log goes by above them.

export interface LiveRegion extends Disposable {
  /** A line of the log: stays. */
  print(line: string): void;
  /** Writes what is waiting, takes the region away and stops drawing. */
  [Symbol.dispose](): void;
}

export interface LiveRegionOptions {
  readonly write: (text: string) => void;
  /** Of the terminal, asked each time: people resize it. */
  readonly columns: () => number;
  /** The region as it should look now; each line fits. */
  readonly render: (width: number) => readonly string[];
}

/** At most ten times a second, whatever happens in between. */
export const FRAME_MS = 100;

const eraseBelow = '\r\u001b[0J';

/**
 * The cursor rests on the first line of the region and not below the last. So nothing has to be counted to erase it, also
 * after the terminal was resized, and what somebody else writes in the meantime pushes the region down and is not erased.
 */
export function createLiveRegion({ write, columns, render }: LiveRegionOptions): LiveRegion {
  let drawn: readonly string[] = [];
  let waiting: string[] = [];

  function frame(lines: readonly string[]): void {
    if (waiting.length === 0 && lines.length === drawn.length && lines.every((line, at) => line === drawn[at])) return;
    const back = lines.length === 0 ? '' : `\u001b[${lines.length}A`;
    write(`${eraseBelow}${[...waiting, ...lines].map((line) => `${line}\n`).join('')}${back}`);
    drawn = lines;
    waiting = [];
  }

  const timer = setInterval(() => frame(render(columns() - 1)), FRAME_MS);
  timer.unref();
  return {
    print(line) {
      waiting.push(line);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      frame([]);
    },
  };
}
