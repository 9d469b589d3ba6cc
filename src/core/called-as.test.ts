import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';
import { asTyped, COMMANDS, calledAs } from './called-as.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firedrill-called-'));
  writeFileSync(join(folder, 'package.json'), '{ "scripts": { "drill": "firedrill run" } }');
});
afterAll(() => rmSync(folder, { recursive: true }));

const bin = resolve('bin/firedrill.js');
const script = { npm_lifecycle_event: 'drill', npm_lifecycle_script: 'node bin/firedrill.js run' };

describe('how it was called', () => {
  it.each([
    [
      'by a script of this repository',
      { ...script, npm_package_json: resolve('package.json') },
      bin,
      'npm run firedrill --',
    ],
    ['through npx', { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'firedrill' }, bin, 'npx firedrill'],
    ['by node', {}, bin, 'node bin/firedrill.js'],
    ['from the PATH', { PATH: '/bin:/opt/x' }, '/opt/x/firedrill', 'firedrill'],
    ['from node_modules', { PATH: '/bin' }, '/opt/x/node_modules/.bin/firedrill', 'npx firedrill'],
    [
      'from within a script that is not ours',
      { npm_lifecycle_event: 'test', npm_lifecycle_script: 'vitest' },
      '/x/vitest.mjs',
      'firedrill',
    ],
    ['by a program', {}, '/x/my-suite.js', 'firedrill'],
  ])('%s', (_, env, path, called) => expect(calledAs(env, path)).toBe(called));

  it("by another project's script, which has none for every command", () => {
    expect(calledAs({ ...script, npm_package_json: join(folder, 'package.json') }, bin)).toBe('npx firedrill');
    expect(calledAs(script, bin)).toBe('npx firedrill');
  });
});

describe('a hint', () => {
  it('has its commands as they can be typed', () => {
    const called = 'npm run firedrill --';
    expect(asTyped('Try firedrill list, or "firedrill rollback".', called)).toBe(
      'Try npm run firedrill -- list, or "npm run firedrill -- rollback".',
    );
    expect(asTyped(asTyped('firedrill plan x', called), called)).toBe('npm run firedrill -- plan x');
    expect(asTyped(asTyped('firedrill plan x', 'npx firedrill'), 'npx firedrill')).toBe('npx firedrill plan x');
  });

  it('has nothing else changed', () => {
    for (const text of [
      'firedrill: no',
      'the version of firedrill that recorded it',
      'bin/firedrill run',
      'firedrill runs it',
    ])
      expect(asTyped(text, 'npx firedrill')).toBe(text);
  });
});

describe('the commands that hints may name', () => {
  it('are those that there are', async () => {
    const { stdout } = await firedrill(['--help']);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(new Set([...COMMANDS, 'help'])).toEqual(new Set(listed));
  });

  it('stand as it was called in what goes wrong, in help, and in what comes next', async () => {
    const env = { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'firedrill' };
    expect((await firedrill(['explain', 'process.kil'], { env })).stderr).not.toContain('firedrill explain');
    expect((await firedrill(['explain', 'zzzz'], { env })).stderr).toContain('npx firedrill explain');
    expect((await firedrill(['--help'], { env })).stdout).toContain('Usage: npx firedrill [options]');
    expect((await firedrill(['init', 'a'], { env, cwd: folder })).stdout).toContain('  npx firedrill plan a ');
    expect((await firedrill(['init', 'b'], { cwd: folder })).stdout).toContain('  firedrill plan b ');
  });
});
