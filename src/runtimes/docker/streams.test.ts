import { describe, expect, it } from 'vitest';
import { filesInTar, unframe } from './streams.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

function entry(name: string, type: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(Buffer.byteLength(text).toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512)]);
}

describe('a container’s output', () => {
  it('comes in frames, apart and together in the order in which it was written', () => {
    const bytes = Buffer.concat([frame(1, 'one\n'), frame(2, 'grün\n'), frame(1, 'two\n')]);
    expect(unframe(bytes)).toEqual({ stdout: 'one\ntwo\n', stderr: 'grün\n', both: 'one\ngrün\ntwo\n' });
    expect(unframe(Buffer.alloc(0)).both).toBe('');
  });
});

describe('an archive', () => {
  it('has its files in order, whatever their size, and nothing of its directories', () => {
    const big = 'x'.repeat(1024);
    const bytes = Buffer.concat([
      entry('config/', '5', ''),
      entry('config/server.properties', '0', big),
      entry('config/log4j2.properties', '0', 'status = warn\n'),
      Buffer.alloc(1024),
    ]);
    expect(filesInTar(bytes)).toEqual([
      { name: 'log4j2.properties', text: 'status = warn\n' },
      { name: 'server.properties', text: big },
    ]);
  });
});
