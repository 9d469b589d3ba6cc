import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePublishable } from '../scripts/publishable.ts';

const work = mkdtempSync(join(tmpdir(), 'firedrill-packaging-'));
const published = join(work, 'published');
const project = join(work, 'project');
const ofThisRun = /^(npm_|INIT_CWD$|NODE_|VITEST|PATH$)/i;

/** What a user's shell has: this Node first, nothing of the repository, and nothing that npm told this run. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRun.test(name))),
  PATH: [dirname(process.execPath), ...pathWithoutRepository()].join(delimiter),
};

function pathWithoutRepository(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
}

function run(cwd: string, command: string, ...argv: string[]): SpawnSyncReturns<string> {
  return spawnSync(command, argv, { cwd, env, encoding: 'utf8', input: '', timeout: 120_000 });
}

function succeed(cwd: string, command: string, ...argv: string[]): string {
  const { status, stdout, stderr, error } = run(cwd, command, ...argv);
  if (status !== 0)
    throw new Error(`${command} ${argv.join(' ')} exited with ${status} ${error ?? ''}\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  makePublishable(published);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  const tarball = succeed(published, 'npm', 'pack', '--silent', '--pack-destination', work).trim();
  succeed(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(work, tarball));
}, 240_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the published package', () => {
  it('has a manifest that publint has nothing to say about', async () => {
    const { messages } = await publint({ pkgDir: published, strict: true });
    expect(messages).toEqual([]);
  });

  it('brings neither a Node of its own nor the tools of the repository', () => {
    const installed = readdirSync(join(project, 'node_modules'));
    expect(installed).toContain('firedrill');
    expect(installed.filter((name) => /^node-|^vitest$|^typescript$|biome/.test(name))).toEqual([]);
  });

  it('holds the build and no source or test', () => {
    const files = readdirSync(join(project, 'node_modules/firedrill'), { recursive: true, encoding: 'utf8' });
    expect(files).toContain('dist/index.js');
    expect(files).toContain('LICENSE');
    // What the toolchain is made from where it is not there.
    expect(files).toEqual(
      expect.arrayContaining(['fixtures/toolchain/kafka/pom.xml', 'fixtures/toolchain/toxiproxy/go.mod']),
    );
    expect(files.filter((file) => file.startsWith('src') || /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('prints its help', () => {
    const { status, stdout } = run(project, 'npx', '--no-install', 'firedrill', '--help');
    expect(stdout).toMatch(/Usage: npx firedrill/);
    expect(status).toBe(0);
  });

  it('is imported as a module, with the names of its source', async () => {
    const script = "import('firedrill').then((all) => console.log(JSON.stringify(Object.keys(all))))";
    const names: unknown = JSON.parse(succeed(project, process.execPath, '-e', script));
    expect(names).toEqual(Object.keys(await import('../src/index.ts')).sort());
    expect(names).not.toEqual([]);
  });

  it('has types that a strict project can use', () => {
    writeFileSync(join(project, 'uses.ts'), "import * as firedrill from 'firedrill';\nexport const all = firedrill;\n");
    const argv = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck', 'false'];
    const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')];
    succeed(project, process.execPath, resolve('node_modules/typescript/bin/tsc'), ...argv, ...types, 'uses.ts');
    expect(readFileSync(join(project, 'node_modules/firedrill/dist/index.d.ts'), 'utf8')).toContain('export');
  });
});
