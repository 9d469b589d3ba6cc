import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePublishable } from '../scripts/publishable.ts';
import { publishedLock } from './support/published-lock.ts';

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
  return spawnSync(command, argv, { cwd, env, encoding: 'utf8', input: '', timeout: 220_000 });
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
  const tarball = join(work, succeed(published, 'npm', 'pack', '--silent', '--pack-destination', work).trim());
  const manifest = { name: 'empty', private: true, type: 'module', dependencies: { firedrill: `file:${tarball}` } };
  const lock = publishedLock(resolve('.'), { project: manifest, published, tarball });
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
  // Without the scripts of dependencies: they build native parts that are optional, with headers that are fetched from elsewhere.
  succeed(project, 'npm', 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
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
      expect.arrayContaining([
        'fixtures/docker-engine.sh',
        'fixtures/toolchain/compose/go.mod',
        'fixtures/toolchain/kafka/pom.xml',
        'fixtures/toolchain/toxiproxy/go.mod',
      ]),
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
    const uses = ["import * as firedrill from 'firedrill';", "import * as tests from 'firedrill/vitest';"];
    writeFileSync(join(project, 'uses.ts'), `${uses.join('\n')}\nexport const all = { ...firedrill, ...tests };\n`);
    const argv = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck', 'false'];
    const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')];
    succeed(project, process.execPath, resolve('node_modules/typescript/bin/tsc'), ...argv, ...types, 'uses.ts');
    expect(readFileSync(join(project, 'node_modules/firedrill/dist/index.d.ts'), 'utf8')).toContain('export');
  });

  // Last of all, as it brings a vitest into the project. Drills that run are tested in test/e2e/nightly.e2e.test.ts.
  it('declares its drills to the vitest of the project, which are red when the command refuses them', () => {
    symlinkSync(resolve('node_modules/vitest'), join(project, 'node_modules/vitest'));
    succeed(project, 'npx', '--no-install', 'firedrill', 'init', 'first');
    const options = "{ drills: ['first'], runtime: 'nowhere' }";
    const test = `import { testDrills } from 'firedrill/vitest';\nawait testDrills(${options});\n`;
    writeFileSync(join(project, 'resilience.test.ts'), test);
    const { status } = run(
      project,
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=junit',
      '--outputFile.junit=tests.xml',
    );
    expect(status).toBe(1);
    const junit = readFileSync(join(project, 'tests.xml'), 'utf8');
    expect(junit).toMatch(/tests="1" failures="1"[\s\S]*<testcase [^>]*name="first"/);
    expect(junit).toContain('there is no runtime &quot;nowhere&quot;');
    expect(junit).toContain('firedrill ended with exit code 2');
  }, 120_000);
});
