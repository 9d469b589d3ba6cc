// What an engine sends besides JSON: logs in frames, and files in a tar archive. Pure.
import type { ConfigFile } from '../../core/cluster.ts';

const FRAME_HEADER = 8;
const STDERR = 2;

/** A container's output without a terminal: frames of eight bytes (stream, length) and what was written. */
export function unframe(bytes: Buffer): { readonly stdout: string; readonly stderr: string; readonly both: string } {
  const parts: { readonly isError: boolean; readonly chunk: Buffer }[] = [];
  for (let at = 0; at + FRAME_HEADER <= bytes.length; ) {
    const end = at + FRAME_HEADER + bytes.readUInt32BE(at + 4);
    parts.push({ isError: bytes[at] === STDERR, chunk: bytes.subarray(at + FRAME_HEADER, end) });
    at = end;
  }
  const text = (chosen: typeof parts): string => Buffer.concat(chosen.map(({ chunk }) => chunk)).toString('utf8');
  return {
    stdout: text(parts.filter(({ isError }) => !isError)),
    stderr: text(parts.filter(({ isError }) => isError)),
    both: text(parts),
  };
}

const BLOCK = 512;
const SIZE_AT = 124;
const TYPE_AT = 156;
const REGULAR = ['0', '\0'];

/** The files of a tar archive, by their names without directories, in order of the names. */
export function filesInTar(bytes: Buffer): readonly ConfigFile[] {
  const files: ConfigFile[] = [];
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const name = field(bytes, at, 100);
    const sizeBytes = Number.parseInt(field(bytes, at + SIZE_AT, 12), 8) || 0;
    const type = String.fromCharCode(bytes[at + TYPE_AT] ?? 0);
    const text = bytes.toString('utf8', at + BLOCK, at + BLOCK + sizeBytes);
    if (REGULAR.includes(type)) files.push({ name: name.slice(name.lastIndexOf('/') + 1), text });
    at += BLOCK + Math.ceil(sizeBytes / BLOCK) * BLOCK;
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function field(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('latin1', at, at + length).split('\0')[0] ?? '';
}
