import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { unpackPackages, whyNoPackages } from './debian.ts';
import { createToolContext } from './provision.ts';

/** Installed by half, and needing what no source has: apt refuses every plan on such a system. */
const broken = `
Package: firedrill-broken
Status: install ok unpacked
Maintainer: nobody
Architecture: all
Version: 1
Depends: firedrill-nowhere
Description: broken on purpose
`;

it('unpacks on a system with broken packages too, and changes nothing of it', async ({ skip }) => {
  const obstacle = whyNoPackages(createToolContext({}));
  if (obstacle !== undefined) return skip(obstacle);
  const root = await mkdtemp(join(tmpdir(), 'firedrill-debian-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const [dpkg, workDir] = [join(root, 'dpkg'), join(root, 'work')];
  await cp('/var/lib/dpkg/info/format', join(dpkg, 'info', 'format'));
  await mkdir(workDir);
  await writeFile(join(dpkg, 'status'), `${await readFile('/var/lib/dpkg/status', 'utf8')}${broken}`);
  const before = await stat('/var/lib/dpkg/status');
  const cx = createToolContext({ env: { ...process.env, DPKG_ADMINDIR: dpkg } });
  // A library that Debian's Redis needs and few systems have; small.
  const unpacked = await unpackPackages(cx, { tool: 'liblzf', packages: ['liblzf1'], workDir });
  expect(Object.keys(unpacked.sources)).toEqual([expect.stringMatching(/^liblzf1_.*\.deb$/)]);
  expect(Object.values(unpacked.sources)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(await readdir(unpacked.root, { recursive: true })).toContainEqual(expect.stringMatching(/liblzf\.so\.1$/));
  expect(await stat('/var/lib/dpkg/status')).toEqual(before);
}, 120_000);

it('says what apt said about a package that is nowhere', async ({ skip }) => {
  const obstacle = whyNoPackages(createToolContext({}));
  if (obstacle !== undefined) return skip(obstacle);
  const workDir = await mkdtemp(join(tmpdir(), 'firedrill-debian-'));
  onTestFinished(() => rm(workDir, { recursive: true }));
  const options = { tool: 'nothing', packages: ['firedrill-nowhere'], workDir };
  const failing = unpackPackages(createToolContext({}), options);
  await expect(failing).rejects.toThrow('apt-get cannot plan it: E: Unable to locate package firedrill-nowhere');
}, 120_000);
