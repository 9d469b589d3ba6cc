import { Writable } from 'node:stream';

export type Capture = Writable & { readonly text: () => string; isTTY?: boolean; columns?: number };

/** A stream that keeps what is written to it: a terminal with `columns`, a pipe without. */
export function capture(columns?: number): Capture {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, {
    text: () => chunks.join(''),
    ...(columns === undefined ? {} : { isTTY: true, columns }),
  });
}
