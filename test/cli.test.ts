import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtin } from '../src/builtin.ts';
import { renderSchema } from '../src/drill/json-schema.ts';
import { firedrill } from './command-line.ts';

const healthy = 'drills/redis-primary-kill.drill.yaml';
const plugin = ['--config', 'fixtures/plugin/firedrill.config.yaml'];

let project: string;
let config: readonly string[];
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-cli-'));
  writeFileSync(join(project, 'firedrill.config.yaml'), '');
  mkdirSync(join(project, 'drills'));
  config = ['--config', join(project, 'firedrill.config.yaml')];
});
afterEach(() => rmSync(project, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(project, 'drills', `${name}.drill.yaml`), text);
}

/** A shipped drill that stands for itself, with something replaced. */
async function writeExample(name: string, replaced: readonly (readonly [string, string])[] = []): Promise<void> {
  await firedrill(['init', name], { cwd: project });
  const file = join(project, 'drills', `${name}.drill.yaml`);
  writeFileSync(
    file,
    replaced.reduce((text, [from, to]) => text.replace(from, to), readFileSync(file, 'utf8')),
  );
}

describe('the command line', () => {
  it('shows help with every exit code', async () => {
    const { code, stdout } = await firedrill(['--help']);
    expect(code).toBe(0);
    for (const each of [
      '0 all passed',
      '1 a drill',
      '2 usage',
      '3 inconc',
      '4 the cl',
      '5 a stop',
      '6 the tool',
      '130/143',
    ])
      expect(stdout).toContain(each);
  });

  it('refuses what it does not know, with what was meant', async () => {
    expect(await firedrill(['lst'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean list?') });
    expect(await firedrill(['run', '--runtme', 'local'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean --runtime?'),
    });
    expect(await firedrill(['plan', 'redis-primary-kil'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean redis-primary-kill?'),
    });
    expect(await firedrill(['plan', '--runtime', 'loca'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean local?'),
    });
  });

  it('does not mind a reader that leaves', () => {
    const { stdout, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" bin/firedrill.js explain | head -1`], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'services:\n', stderr: '' });
  });
});

describe('plan', () => {
  it('says who would be hit, for how long and how it is undone, and starts nothing', () => {
    const { status, stdout } = spawnSync(process.execPath, ['bin/firedrill.js', 'run', '--dry-run', healthy], {
      encoding: 'utf8',
      env: { ...process.env, XDG_STATE_HOME: project, npm_lifecycle_event: '' },
    });
    expect(status).toBe(0);
    for (const part of [
      'sentinel-3  sentinel  zone c  port 6306',
      "settings      the services' defaults",
      'writes: redis.ledger by oracle: confirmedBy 1',
      '1. kill: process.kill on redis-primary',
      'touches redis-1',
      'undone by: starting the node again',
      'needs lifecycle',
      'stays until recovered, at most 20 s',
      'predicted outage: 5.30 s to 9.20 s',
      'rto of writes, since kill; atMost 10s ($rto, from drill)',
      'Nothing was started.',
    ])
      expect(stdout).toContain(part);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(readdirSync(project)).toEqual(expect.not.arrayContaining(['firedrill']));
  });

  it('takes params and settings from the command line, and says where they came from', async () => {
    const down = 'cluster.settings.sentinel.down-after-milliseconds=3000';
    const { stdout } = await firedrill(['plan', 'redis-primary-kill', '--param', 'rto=20s', '--set', down]);
    expect(stdout).toContain('rto 20s (from --param)');
    expect(stdout).toContain('sentinel.down-after-milliseconds 3000 (default 5000)');
    expect(stdout).toContain('predicted outage: 3.30 s to 7.20 s');
  });

  it('can be read by a program', async () => {
    const { code, stdout } = await firedrill(['plan', 'redis-primary-kill', '--json']);
    expect({ code, plans: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      plans: [
        {
          drill: { name: 'redis-primary-kill' },
          steps: [{ name: 'kill', fault: { targets: ['redis-1'], touches: ['redis-1'], needs: ['lifecycle'] } }],
          timing: { warmUp: { minMs: 5000, maxMs: 5000 } },
        },
      ],
    });
  });

  it('refuses what the blast radius forbids', async () => {
    await writeExample('wide', [['targets: redis-primary', 'targets: redis-nodes']]);
    const { code, stdout } = await firedrill(['plan', 'wide', ...config]);
    expect({ code, stdout }).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('REFUSED: the fault would touch'),
    });
    expect(await firedrill(['validate', 'wide', ...config])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /wide\.drill\.yaml:\d+:\d+: the fault would touch redis-1, redis-2, redis-3: more than 1/,
      ),
    });
  });
});

describe('validate', () => {
  it('finds nothing wrong with the shipped drills', async () => {
    expect(await firedrill(['validate'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ drills, 0 mistakes, 0 warnings\n$/),
    });
  });

  it('tells every mistake of every file, a line each, and counts them', async () => {
    write('a', 'title: A\nclutser: 1\n');
    write('b', 'title: [B\n');
    const { code, stdout } = await firedrill(['validate', ...config]);
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(2);
    expect(lines.at(-1)).toBe(`2 drills, ${lines.length - 1} mistakes, 0 warnings`);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/[ab]\.drill\.yaml:\d+:\d+: \S/);
    expect(stdout).toContain('a.drill.yaml:2:1: unknown key "clutser"; did you mean "cluster"?');
  });

  it('warns of an objective that lies inside of what is predicted', async () => {
    await writeExample('flips', [['rto: 10s', 'rto: 6s']]);
    const { code, stdout } = await firedrill(['validate', 'flips', ...config]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /flips\.drill\.yaml:\d+:\d+: warning: this drill will flip: the objective of 6\.00 s lies inside .*5\.30 s to 9\.20 s/,
    );
    expect(stdout).toContain('1 drill, 0 mistakes, 1 warning\n');
    await writeExample('stands', [['rto: 10s', 'rto: 10s']]);
    expect((await firedrill(['validate', 'stands', ...config])).stdout).toBe('1 drill, 0 mistakes, 0 warnings\n');
  });

  it('says so when there is nothing to check', async () => {
    expect(await firedrill(['validate', ...config])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('firedrill init writes one'),
    });
  });
});

describe('drills with a tag', () => {
  const tagged = ['tags: [redis]', 'tags: [redis, nightly]'] as const;

  it('are chosen although another one is not valid, which is told', async () => {
    await writeExample('good', [tagged]);
    await writeExample('other', [['title:', 'titel:']]);
    const { code, stdout, stderr } = await firedrill(['plan', '--tag', 'nightly', ...config]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/other.drill.yaml is not valid, and not chosen: .*validate other\n/),
    });
    expect(stdout).toMatch(/^good · /);
  });

  it('are not run while one of them is not valid, or may be one of them', async () => {
    await writeExample('good', [tagged]);
    await writeExample('other', [tagged, ['title:', 'titel:']]);
    expect(await firedrill(['plan', '--tag', 'nightly', ...config])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('other.drill.yaml'),
    });
    write('other', 'title: [A\ntags: [nightly]\n');
    expect((await firedrill(['plan', '--tag', 'nightly', ...config])).code).toBe(2);
  });

  it('are none where nobody has the tag: those that there are, are named; a new drill has no cadence', async () => {
    await writeExample('good');
    expect(await firedrill(['run', '--tag', 'nightly', ...config])).toMatchObject({
      code: 2,
      stderr: 'firedrill: no drill is tagged nightly\n  → Tags: redis\n',
    });
    expect((await firedrill(['run', ...config])).stderr).toContain('no drill is tagged monthly');
  });
});

describe('list', () => {
  it('shows what each drill proves, within 80 columns', async () => {
    const { code, stdout } = await firedrill(['list']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^redis-primary-kill +nightly redis monthly +redis-sentinel$/m);
    expect(stdout).toContain('  proves runbook 000: Redis primary failure; Monthly chaos drill');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows only those with a tag, as text and for programs', async () => {
    const { stdout } = await firedrill(['list', '--tag', 'monthly', '--json']);
    const drills = JSON.parse(stdout) as { name: string; tags: string[]; proven: boolean }[];
    expect(drills.map(({ name }) => name)).toContain('redis-primary-kill');
    expect(drills.every(({ tags, proven }) => tags.includes('monthly') && proven)).toBe(true);
    expect((await firedrill(['list', '--tag', 'no-such'])).stdout).toMatch(
      /^No drill is tagged no-such\. Tags: .*monthly, nightly.*\n$/,
    );
    expect((await firedrill(['list', '--tag', 'monhtly'])).stdout).toContain('Did you mean monthly?');
    expect((await firedrill(['list', '--tag', 'x', ...config])).stdout).toContain('No drills. ');
  });

  it('names a drill that does not load, and shows the others', async () => {
    await writeExample('good');
    write('bad', 'title: 1\n');
    const { code, stdout, stderr } = await firedrill(['list', ...config]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('firedrill validate bad') });
    expect(stdout).toContain('good');
  });
});

describe('schema', () => {
  it('is printed, and written beside a config', async () => {
    const text = renderSchema(builtin);
    expect(await firedrill(['schema'])).toMatchObject({ code: 0, stdout: text });
    expect(await firedrill(['schema', '--write', ...config])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(project, 'schema/drill.schema.json'), 'utf8')).toBe(text);
  });
});

describe('a plugin', () => {
  it('brings kinds that drills can name, that are explained, planned and in the schema', async () => {
    expect(await firedrill(['validate', ...plugin])).toEqual({
      code: 0,
      stdout: '1 drill, 0 mistakes, 0 warnings\n',
      stderr: '',
    });
    const { stdout } = await firedrill(['explain', 'file.create', ...plugin]);
    expect(stdout).toContain('path  text, required: the file');
    expect((await firedrill(['explain', ...plugin])).stdout).toContain('file.there');
    expect((await firedrill(['schema', ...plugin])).stdout).toContain('"file.create"');
    expect((await firedrill(['plan', 'deploy-lock', ...plugin])).stdout).toContain('undone by: removing the file');
    expect((await firedrill(['explain', 'file.create'])).code).toBe(2);
  });

  it.each([
    ['export const faults = [{ kind: "process.kill" }];', '"process.kill" exists already'],
    ['export const faults = { };', 'its export "faults" is not a list of kinds'],
    ['export const probes = [undefined];', 'its export "probes" holds what is no kind'],
    ['export const fault = [];', 'it brings no kinds'],
    ['throw new Error("broken");', 'the plugin could not be loaded: broken'],
  ])('is refused when it says %s', async (text, message) => {
    writeFileSync(join(project, 'plugin.mjs'), text);
    writeFileSync(join(project, 'firedrill.config.yaml'), 'plugins: [plugin.mjs]\n');
    const { code, stderr } = await firedrill(['explain', ...config]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).toContain('plugin.mjs');
  });
});
