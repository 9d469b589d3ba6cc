// Lines of a file as stretches of bytes: files of operations are too large to be made into strings first.
import { type FileHandle, open } from 'node:fs/promises';

/** Its bytes are `bytes[from]` up to `bytes[to]`, without the end of the line, and only good until `heard` returns. */
export interface ByteLine {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** False for a last line that does not end: whoever wrote it was stopped in the middle. */
  readonly whole: boolean;
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** Calls for each line that is not empty, in order. A file that is not there has none. */
export async function eachLine(file: string, heard: (line: ByteLine) => void): Promise<void> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return;
  await using _ = handle;
  await readLines(handle, heard);
}

async function readLines(handle: FileHandle, heard: (line: ByteLine) => void): Promise<void> {
  let bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  for (;;) {
    if (filled === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled);
    if (bytesRead === 0) break;
    const end = filled + bytesRead;
    const read = bytes.subarray(0, end);
    let from = 0;
    // What was left over has no end of a line in it.
    for (let to = read.indexOf(NEWLINE, filled); to >= 0; to = read.indexOf(NEWLINE, from)) {
      if (to > from) heard({ bytes, from, to, whole: true });
      from = to + 1;
    }
    bytes.copy(bytes, 0, from, end);
    filled = end - from;
  }
  if (filled > 0) heard({ bytes, from: 0, to: filled, whole: false });
}

export function textOf({ bytes, from, to }: ByteLine): string {
  return bytes.toString('utf8', from, to);
}

/** Undefined when it is no JSON. */
export function jsonOf(line: ByteLine): unknown {
  try {
    return JSON.parse(textOf(line));
  } catch {
    return undefined;
  }
}
