import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cacheDirectory, publish, readCached, writeManifest } from './cache.ts';

const tool = { name: 'tool', version: '1.0.0', made: { path: 'bin/tool', sources: { 'tool.deb': 'abc' } } };

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-cache-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function madeTool(): Promise<{ directory: string; program: string }> {
  const directory = join(await scratch(), 'tool');
  const program = join(directory, 'bin', 'tool');
  await mkdir(join(directory, 'bin'), { recursive: true });
  await writeFile(program, 'the program');
  return { directory, program };
}

describe('cacheDirectory', () => {
  it.each([
    [{ FIREDRILL_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ FIREDRILL_CACHE: '', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/firedrill'],
    [{ HOME: '/c' }, '/c/.cache/firedrill'],
    [{}, join(homedir(), '.cache/firedrill')],
  ])('of %j is %s', (env, expected) => {
    expect(cacheDirectory(env)).toBe(expected);
  });
});

describe('readCached', () => {
  it('gives back what was written down', async () => {
    const { directory } = await madeTool();
    await writeManifest(directory, tool);
    const manifest = { format: 1, tool: 'tool', version: '1.0.0', path: 'bin/tool', sources: { 'tool.deb': 'abc' } };
    expect(await readCached(directory)).toMatchObject({ state: 'ok', manifest });
  });

  it('does not take a directory without a manifest', async () => {
    const { directory } = await madeTool();
    expect(await readCached(directory)).toEqual({ state: 'absent' });
  });

  it('names a file with one other byte, though size and time are the same', async () => {
    const { directory, program } = await madeTool();
    await writeManifest(directory, tool);
    const { atime, mtime } = await stat(program);
    await writeFile(program, 'The program');
    await utimes(program, atime, mtime);
    expect(await readCached(directory)).toEqual({
      state: 'corrupt',
      why: expect.stringMatching(/bin\/tool has SHA-256 \w{64} instead of \w{64}$/) as string,
    });
  });

  it('names a file that is shorter, and one that is gone', async () => {
    const { directory, program } = await madeTool();
    await writeManifest(directory, tool);
    await truncate(program, 3);
    expect(await readCached(directory)).toEqual({ state: 'corrupt', why: `${program} has 3 bytes instead of 11` });
    await rm(program);
    expect(await readCached(directory)).toEqual({ state: 'corrupt', why: `${program} is gone` });
  });

  it.each(['', '{', 'null', '{"format":2}', '{"format":1,"path":"x","files":null}'])(
    'calls a manifest of %j corrupt',
    async (text) => {
      const { directory } = await madeTool();
      await writeFile(join(directory, 'manifest.json'), text);
      const why = `${join(directory, 'manifest.json')} cannot be read`;
      expect(await readCached(directory)).toEqual({ state: 'corrupt', why });
    },
  );

  it('hashes what is large when its time has changed', async () => {
    const { directory, program } = await madeTool();
    await truncate(program, 33 * 1024 * 1024);
    await writeManifest(directory, tool);
    await utimes(program, 1, 1);
    expect(await readCached(directory)).toMatchObject({ state: 'ok' });
    await writeFile(program, 'X', { flag: 'r+' });
    expect(await readCached(directory)).toMatchObject({ state: 'corrupt' });
  });
});

describe('publish', () => {
  it('replaces what is in the place and leaves nothing else', async () => {
    const parent = await scratch();
    for (const version of ['old', 'new']) {
      await mkdir(join(parent, version));
      await writeFile(join(parent, version, 'file'), version);
      await publish(join(parent, version), join(parent, 'place'));
    }
    expect(await readdir(parent)).toEqual(['place']);
    expect(await readFile(join(parent, 'place', 'file'), 'utf8')).toBe('new');
  });
});
