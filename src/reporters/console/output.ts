import { setImmediate as nextTurn } from 'node:timers/promises';

/** A stream that may be a terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface Output {
  readonly write: (text: string) => void;
  /** Rejects with what went wrong so far: a full disk, but not a reader that left (`| head`). */
  readonly written: () => Promise<void>;
}

/** Writes as long as anybody reads; a stream that breaks must not end a drill half-way. */
export function createOutput(stream: TextStream): Output {
  let broken: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') broken = error;
  });
  return {
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
    written: async () => {
      // Standard output is written at once, and says a turn later that it could not be.
      await nextTurn();
      if (broken !== undefined) throw broken;
    },
  };
}
