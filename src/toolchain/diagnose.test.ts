import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';
import { diagnoseDisk, diagnoseLoopback, diagnoseMemory, diagnoseNode, diagnoseWritable } from './machine.ts';

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-diagnose-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** A machine on which nothing but these programs is on PATH. */
async function diagnoseWith(
  programs: Readonly<Record<string, string>>,
): Promise<(name: string) => Diagnosis | undefined> {
  const directory = await scratch();
  await mkdir(join(directory, 'bin'));
  for (const [name, said] of Object.entries(programs)) {
    await writeFile(join(directory, 'bin', name), `#!/bin/sh\necho "${said}"\n`);
    await chmod(join(directory, 'bin', name), 0o755);
  }
  const env = { PATH: join(directory, 'bin'), FIREDRILL_CACHE: join(directory, 'cache'), XDG_STATE_HOME: directory };
  const found = await diagnose({ env });
  expect(await readdir(directory)).toEqual(['bin']);
  return (name) => found.find((diagnosis) => diagnosis.name === name);
}

const redis = { 'redis-server': 'Redis server v=7.2.5' };
const toxiproxy = { 'toxiproxy-server': 'toxiproxy-server version 2.12.0' };
const apt = { 'apt-get': '', dpkg: '', 'dpkg-query': '' };

describe('diagnose', () => {
  it('has a mend for all that is not ok, and for nothing else', async () => {
    const found = await diagnose();
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'redis-server', 'toxiproxy', 'go']));
    for (const { state, mend } of found) expect(mend === undefined).toBe(state === 'ok');
  });

  it('says where a program comes from', async () => {
    const on = await diagnoseWith({ ...redis, ...toxiproxy });
    expect(on('redis-server')?.found).toMatch(/^7\.2\.5, .*\/bin\/redis-server, from PATH$/);
    expect(on('toxiproxy')).toMatchObject({ state: 'ok', required: true });
  });

  it('needs Java for Kafka only, and says so', async () => {
    const without = await diagnoseWith({ ...redis, ...toxiproxy });
    expect(without('java')).toMatchObject({
      state: 'missing',
      required: false,
      found: expect.stringMatching(/^no java on PATH.*; drills without Kafka do without it$/) as string,
    });
    expect(without('kafka')).toMatchObject({
      state: 'missing',
      required: false,
      found: expect.stringContaining('it needs java: no java on PATH') as string,
    });
    const old = await diagnoseWith({
      java: 'openjdk version \\"11.0.2\\"\nOpenJDK Runtime Environment (build 11.0.2+9)',
    });
    expect(old('java')?.found).toMatch(/bin\/java is version 11\.0\.2\+9, and 17 or newer is needed/);
  });

  it('needs Go only where Toxiproxy is missing', async () => {
    const withToxiproxy = await diagnoseWith(toxiproxy);
    expect(withToxiproxy('go')).toMatchObject({ state: 'missing', required: false });
    const without = await diagnoseWith({});
    expect(without('go')).toMatchObject({ state: 'missing', required: true, found: 'no go on PATH' });
    const old = await diagnoseWith({ go: 'go version go1.19.8 linux/amd64' });
    expect(old('go')).toMatchObject({ state: 'broken', required: true });
    const recent = await diagnoseWith({ go: 'go version go1.26.8 linux/amd64' });
    expect(recent('go')).toMatchObject({ state: 'ok' });
  });

  it('sends to setup for what we can make, and to the installer for what we cannot', async () => {
    const withApt = await diagnoseWith(apt);
    expect(withApt('redis-server')).toMatchObject({ state: 'missing', mend: 'firedrill setup' });
    const without = await diagnoseWith({});
    expect(without('redis-server')?.mend).toMatch(/install.*redis/i);
  });

  it('tells what is broken from what is missing', async () => {
    const on = await diagnoseWith({ 'redis-server': 'segmentation fault', go: 'what?' });
    expect(on('redis-server')).toMatchObject({ state: 'broken' });
    expect(on('redis-server')?.found).toContain('segmentation fault');
    expect(on('go')).toMatchObject({ state: 'broken' });
  });

  it('says that drills with pairs are refused where nothing can be mounted', async () => {
    const on = await diagnoseWith({});
    expect(on('hosts file per process')).toMatchObject({ state: 'missing' });
    expect(on('hosts file per process')?.mend).toMatch(/./);
  });
});

describe('the machine', () => {
  it('is too old, too full or too small', async () => {
    expect(diagnoseNode('20.20.2')).toMatchObject({ state: 'broken' });
    expect(diagnoseNode('24.0.0')).toMatchObject({ state: 'ok' });
    expect(diagnoseMemory(100 * 1024 * 1024)).toMatchObject({ state: 'missing', found: '100 MiB free' });
    expect(await diagnoseDisk('/proc')).toMatchObject({ state: 'missing', found: '0 MiB free in /proc' });
    expect(await diagnoseLoopback(['192.0.2.1'])).toMatchObject({ state: 'missing' });
    expect(await diagnoseLoopback(['127.0.0.1'])).toMatchObject({ state: 'ok' });
  });

  it('has directories that can be written to, or not, and makes none', async () => {
    const directory = await scratch();
    const inside = join(directory, 'a', 'b');
    expect(await diagnoseWritable('cache', inside, 'X')).toMatchObject({ state: 'ok', found: inside });
    expect(await readdir(directory)).toEqual([]);
    expect(await diagnoseWritable('cache', '/proc/firedrill', 'X')).toMatchObject({
      state: 'broken',
      found: '/proc cannot be written to',
      mend: 'set X to a directory that you may write to',
    });
  });
});
