import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachLine, textOf } from './byte-lines.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-lines-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function linesOf(text: string): Promise<[text: string, whole: boolean][]> {
  const file = join(dir, 'lines');
  await writeFile(file, text);
  const lines: [string, boolean][] = [];
  await eachLine(file, (line) => lines.push([textOf(line), line.whole]));
  return lines;
}

describe('lines of bytes', () => {
  it('of a file that is not there: none', async () => {
    let heard = 0;
    await eachLine(join(dir, 'nothing'), () => heard++);
    expect(heard).toBe(0);
  });

  it('are all there, whatever their length and wherever the chunks end', async () => {
    const mebibyte = 1 << 20;
    const lengths = [1, mebibyte - 3, 5, mebibyte, 1, 3 * mebibyte, mebibyte - 1, 2, 700_000, 700_000];
    const texts = lengths.map((length, at) => String.fromCharCode(97 + at).repeat(length));
    expect(await linesOf(`${texts.join('\n')}\n`)).toEqual(texts.map((text) => [text, true]));
  });

  it('tell an unfinished last one from the others, and leave empty ones out', async () => {
    expect(await linesOf('one\n\ntwo\nthr')).toEqual([
      ['one', true],
      ['two', true],
      ['thr', false],
    ]);
  });

  it('are text in UTF-8', async () => {
    expect(await linesOf('"grüß dich"\n')).toEqual([['"grüß dich"', true]]);
  });
});
