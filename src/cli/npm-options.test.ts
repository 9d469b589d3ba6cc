import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';

const swallowed = 'for itself, so nothing was run';

/** What npm 10.9 and 11.21 put into the environment and among the words, as recorded. */
async function meant(
  words: string,
  config: Readonly<Record<string, string>>,
  script = 'node bin/firedrill.js run',
): Promise<string> {
  const env = { npm_lifecycle_event: 'drill', npm_lifecycle_script: script, ...config };
  const { code, stdout, stderr } = await firedrill(words.split(' '), { env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return /You meant: (.*)\n/.exec(stderr)?.[1] ?? stderr;
}

describe('what npm swallowed is said again', () => {
  const recorded: [typed: string, words: string, config: Readonly<Record<string, string>>, meant: string][] = [
    ['drill --dry-run', 'run', { npm_config_dry_run: 'true' }, '--dry-run'],
    ['drill kill --dry-run', 'run kill', { npm_config_dry_run: 'true' }, 'kill --dry-run'],
    ['drill --runtime local', 'run local', { npm_config_runtime: 'true' }, '--runtime local'],
    ['drill --runtime=local', 'run', { npm_config_runtime: 'local' }, '--runtime local'],
    ['drill kill --runtime local', 'run kill local', { npm_config_runtime: 'true' }, 'kill --runtime local'],
    ['drill kill --repeat 5', 'run kill 5', { npm_config_repeat: 'true' }, 'kill --repeat 5'],
    ['drill --repeat=5 --seed=7', 'run', { npm_config_repeat: '5', npm_config_seed: '7' }, '--seed 7 --repeat 5'],
    ['drill --target prod', 'run prod', { npm_config_target: 'true' }, '--target prod'],
    ['drill --tag redis', 'run', { npm_config_tag: 'redis' }, '--tag redis'],
    ['drill --keep kill', 'run kill', { npm_config_keep: 'true' }, 'kill --keep'],
    ['drill --json', 'run', { npm_config_json: 'true' }, '--json'],
    ['drill --selftest', 'run', { npm_config_selftest: 'true' }, '--selftest'],
    ['drill --param rto=5s', 'run rto=5s', { npm_config_param: 'true' }, '--param rto=5s'],
    ['drill --param a=1 --param b=2', 'run a=1 b=2', { npm_config_param: 'true\n\ntrue' }, '--param a=1 --param b=2'],
    ['drill --param=a=1 --param b=2', 'run b=2', { npm_config_param: 'a=1\n\ntrue' }, '--param a=1 --param b=2'],
    ['drill --reporter json', 'run json', { npm_config_reporter: 'true' }, '--reporter json'],
    ['drill --config x.yaml', 'run x.yaml', { npm_config_config: 'true' }, '--config x.yaml'],
    ['drill --seed', 'run', { npm_config_seed: 'true' }, '--seed <number>'],
    ["drill '--set=title=a b'", 'run', { npm_config_set: 'title=a b' }, "--set 'title=a b'"],
    [
      'drill --dry-run -- --target prod',
      'run --target prod',
      { npm_config_dry_run: 'true' },
      '--dry-run --target prod',
    ],
  ];

  it.each(recorded)('npm run %s', async (_, words, config, expected) => {
    expect(await meant(words, config)).toBe(`npm run drill -- ${expected}`);
  });

  it('in the order of the words, and with a doubt where npm did not say whose they are', async () => {
    const config = { npm_config_repeat: 'true', npm_config_seed: 'true' };
    const doubt = ' (npm did not say which value was whose: check them)';
    expect(await meant('run 5 7', config)).toBe(`npm run drill -- --repeat 5 --seed 7${doubt}`);
    expect(await meant('run 7 5', config)).toBe(`npm run drill -- --seed 7 --repeat 5${doubt}`);
    expect(await meant('run kill prod', { npm_config_target: 'true' })).toBe(
      `npm run drill -- kill --target prod${doubt}`,
    );
  });

  it('without what the script says itself', async () => {
    const script = 'node bin/firedrill.js run --selftest --tag monthly';
    const words = 'run --selftest --tag monthly kill';
    expect(await meant(words, { npm_config_seed: '9' }, script)).toBe('npm run drill -- kill --seed 9');
  });

  it('with its command where the script says none', async () => {
    const script = 'node bin/firedrill.js';
    const config = { npm_lifecycle_event: 'firedrill', npm_config_tag: 'redis' };
    expect(await meant('list', config, script)).toBe('npm run firedrill -- list --tag redis');
    const lost = { npm_lifecycle_event: 'firedrill', npm_config_runtime: 'true' };
    expect(await meant('plan kill local', lost, script)).toBe('npm run firedrill -- plan kill --runtime local');
  });

  it('with its command where there is no script', async () => {
    const config = { npm_config_dry_run: 'true', npm_lifecycle_event: 'npx' };
    expect(await meant('run kill', config, "'firedrill'")).toBe('npx firedrill run kill --dry-run');
  });
});

describe('no alarm is raised', () => {
  const npm = { npm_lifecycle_event: 'drill', npm_lifecycle_script: 'firedrill list' };

  async function said(env: Readonly<Record<string, string>>): Promise<string> {
    return (await firedrill(['list', '--config', 'none.yaml'], { env })).stderr;
  }

  it('outside of npm, and over what npm always says', async () => {
    expect(await said({ npm_config_json: 'true' })).not.toContain(swallowed);
    expect(await said({ ...npm, npm_config_tag: 'latest', npm_config_json: '' })).not.toContain(swallowed);
  });

  it("over options of somebody else's script", async () => {
    expect(await said({ ...npm, npm_lifecycle_script: 'vitest run', npm_config_tag: 'x' })).not.toContain(swallowed);
    expect(await said({ ...npm, npm_config_tag: 'x' })).toContain(swallowed);
  });

  it("over what stands in one of npm's own files", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firedrill-npmrc-'));
    writeFileSync(join(folder, '.npmrc'), '; a comment\n tag = "next"\n');
    try {
      const config = { ...npm, npm_config_local_prefix: folder };
      expect(await said({ ...config, npm_config_tag: 'next' })).not.toContain(swallowed);
      expect(await said({ ...config, npm_config_tag: 'other' })).toContain(swallowed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('through the npm that is installed here', () => {
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name))),
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    npm_config_update_notifier: 'false',
  };
  const version = spawnSync('npm', ['--version'], { env: environment, encoding: 'utf8' }).stdout.trim();
  /** From 12 on npm refuses options that it does not know: it exits with 1 before anything of ours begins. */
  const refusesUnknown = Number(version.split('.')[0]) >= 12;
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'firedrill-npm-'));
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'drills', private: true, scripts }));
    symlinkSync(resolve('bin'), join(project, 'bin'));
  });
  afterEach(() => rmSync(project, { recursive: true }));

  const typed: [args: string, known: boolean, meant: RegExp][] = [
    ['drill --dry-run', true, /npm run drill -- --dry-run\n/],
    ['drill --tag redis', true, /npm run drill -- --tag redis\n/],
    ['drill --json', true, /npm run drill -- --json\n/],
    ['drill --runtime local', false, /npm run drill -- --runtime local\n/],
    ['drill --repeat 5 --seed 7', false, /npm run drill -- --repeat 5 --seed 7 \(/],
    ['drill --target prod', false, /npm run drill -- --target prod\n/],
    ['drill --keep', false, /npm run drill -- --keep\n/],
    ['dry-run --target prod', false, /npm run dry-run -- --target prod\n/],
    ['dry-run redis-primary-kill --target=prod', false, /npm run dry-run -- redis-primary-kill --target prod\n/],
    ['drill --param rto=5s', false, /npm run drill -- --param rto=5s\n/],
    ['firedrill list --tag redis', true, /npm run firedrill -- list --tag redis\n/],
    ['drill:selftest --seed=9', false, /npm run drill:selftest -- --seed 9\n/],
  ];

  it.each(typed)(`npm ${version}: npm run %s`, (args, known, expected) => {
    const state = join(project, 'state');
    const { status, stderr, stdout } = spawnSync('npm', ['run', ...args.split(' ')], {
      cwd: project,
      env: { ...environment, XDG_STATE_HOME: state },
      encoding: 'utf8',
    });
    const refused = refusesUnknown && !known;
    expect({ status, stderr }).toEqual({
      status: refused ? 1 : 2,
      stderr: expect.stringMatching(refused ? /./ : expected),
    });
    expect(stdout).not.toContain('[1/');
    expect(readdirSync(project).sort()).toEqual(['bin', 'package.json']);
  });
});
