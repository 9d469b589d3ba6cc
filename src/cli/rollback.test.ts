import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';
import { builtin } from '../builtin.ts';
import type { JournalEvent } from '../core/journal.ts';
import { identityOf } from '../core/process-identity.ts';
import { loadDrill } from '../drill/load.ts';

const before = process.env['XDG_STATE_HOME'];
let project: string;
let report: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-rollback-'));
  process.env['XDG_STATE_HOME'] = join(project, 'state');
  report = join(project, 'reports/run-1');
  mkdirSync(report, { recursive: true });
  writeFileSync(join(project, 'firedrill.config.yaml'), 'plugins: [runtime.mjs]\n');
});
afterEach(() => {
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
  rmSync(project, { recursive: true });
});

/** A runtime whose clusters are only told of: `adopt` throws, or there is one that can be taken down. */
function withRuntime(adopt: string): void {
  const runtime = `{ kind: 'told', summary: '', capabilities: [], open() {}, async adopt() { ${adopt} } }`;
  writeFileSync(join(project, 'runtime.mjs'), `export const runtimes = [${runtime}];\n`);
}

/** A run whose process was killed with a fault in. */
async function recordDead(): Promise<void> {
  const { drill } = await loadDrill('drills/redis-primary-kill.drill.yaml', { registry: builtin });
  const header = { suiteId: 's', seed: 1, originNs: '0', startedAt: '2026-11-21T12:00:00Z', runtime: 'told' };
  const unsaid = { target: undefined, sabotage: undefined, dryRun: false, versions: {}, host: {}, configHash: '' };
  const events: JournalEvent[] = [
    { type: 'run', v: 1, runId: 'run-1', ...header, ...unsaid, drill, atMs: 0 },
    { type: 'phase', phase: 'method', state: 'begin', atMs: 999 },
    {
      type: 'step',
      step: 'kill',
      verb: 'fault',
      kind: 'process.kill',
      state: 'called',
      targets: ['redis-1'],
      atMs: 1000,
    },
  ];
  writeFileSync(join(report, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const log = join(project, 'state/firedrill/runs/run-1');
  mkdirSync(log, { recursive: true });
  const dead = spawnSync('true');
  const files = {
    owner: { type: 'process', pid: dead.pid, startTime: '1', bootId: 'gone' },
    handle: { v: 1, runtime: 'told', runId: 'run-1', spec: {}, state: {} },
    report: { dir: report },
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(log, `${name}.json`), JSON.stringify(content));
}

/** The same on a cluster that is not ours, with a password that this shell does not have. */
async function recordAttached(): Promise<string> {
  await recordDead();
  const log = join(project, 'state/firedrill/runs/run-1');
  const at = { host: '127.0.0.1', port: 1 };
  const access = { user: 'me', password: { env: 'FIREDRILL_TEST_NOT_SET' } };
  const node = { name: 'redis-1', service: 'redis-sentinel', role: 'redis', ports: { redis: 1 }, access };
  const state = { target: 'staging', nodes: [{ node: 'redis-1', announced: at, address: at }], control: {} };
  const spec = { runId: 'run-1', nodes: [node], links: [], files: {}, clientHosts: [] };
  const handle = { v: 1, runtime: 'attach', runId: 'run-1', spec, state };
  const undo = {
    seq: 1,
    step: 'kill',
    kind: 'process.kill',
    targets: [{ node: 'redis-1' }],
    state: 'injected',
    deadlineMs: 25_000,
  };
  writeFileSync(join(log, 'handle.json'), JSON.stringify(handle));
  writeFileSync(join(log, 'undo-0001.json'), JSON.stringify({ v: 1, runId: 'run-1', undo: {}, ...undo }));
  return log;
}

const resultOf = (): unknown => JSON.parse(readFileSync(join(report, 'result.json'), 'utf8'));

describe('rollback', () => {
  it("has the run's own report say what was undone, and by whom", async () => {
    withRuntime('return { owned: true, [Symbol.asyncDispose]: async () => {} };');
    await recordDead();
    expect((await firedrill(['judge', 'run-1'], { cwd: project })).stdout).toContain('NOT RESTORED');
    const { code, stdout } = await firedrill(['rollback'], { cwd: project });
    expect(code).toBe(0);
    expect(stdout).toContain('its results were written again: reports/run-1/');
    expect(resultOf()).toMatchObject({
      cluster: 'removed',
      rolledBack: { by: expect.stringMatching(/^firedrill rollback, called by /), failures: [] },
    });
    const again = await firedrill(['report', 'run-1'], { cwd: project });
    expect(again.stdout).toContain('nothing is left to be undone');
    expect(again.stdout).not.toMatch(/NOT RESTORED|a person is needed|rollback undoes/);
    expect(readFileSync(join(report, 'report.md'), 'utf8')).not.toContain('NOT RESTORED');
  });

  it('that could not do all of it leaves the report saying so, and what is left', async () => {
    withRuntime("throw new Error('the machine is gone');");
    await recordDead();
    expect((await firedrill(['rollback'], { cwd: project })).code).toBe(4);
    expect(resultOf()).toMatchObject({ cluster: 'dirty', rolledBack: { failures: ['the machine is gone'] } });
    const again = await firedrill(['report', 'run-1'], { cwd: project });
    expect(again.stdout).toMatch(/NOT RESTORED.*LEFT: the machine is gone/s);
  });
});

describe("what a dead run left on somebody's own cluster", () => {
  it('is named, and left alone, by commands that have nothing to do with that cluster', async () => {
    withRuntime('');
    const log = await recordAttached();
    const { code, stderr } = await firedrill(['cluster', 'down'], { cwd: project });
    expect([code, existsSync(log)]).toEqual([0, true]);
    expect(stderr).toMatch(/^Run run-1 on staging left something to be undone: .*rollback run-1$/m);
  });

  it('is given up when it is told to: each undo is told, nobody is asked, and the run is not named again', async () => {
    withRuntime('');
    const log = await recordAttached();
    const { code, stdout } = await firedrill(['rollback', 'run-1', '--forget'], { cwd: project });
    expect([code, existsSync(log)]).toEqual([4, false]);
    expect(stdout).toMatch(
      /^Given up, and nothing was undone: run-1\n {2}LEFT: process\.kill on redis-1 \(step "kill", /,
    );
    expect(stdout).toContain('which would have been undone by: starting the node again');
    expect(resultOf()).toMatchObject({
      cluster: 'dirty',
      rolledBack: { abandoned: true, done: [], failures: [expect.stringContaining('process.kill on redis-1')] },
    });
    const again = await firedrill(['report', 'run-1'], { cwd: project });
    expect(again.stdout).toMatch(/given up .* by firedrill rollback\s+--forget[\s\S]*LEFT: process\.kill/);
    expect(again.stdout).not.toContain('firedrill rollback undoes');
    expect(readFileSync(join(report, 'report.md'), 'utf8')).toContain('**nothing was undone**');
    const down = await firedrill(['cluster', 'down'], { cwd: project });
    expect([down.code, down.stderr]).toEqual([0, expect.not.stringContaining('run-1')]);
    expect(await firedrill(['rollback', 'run-1', '--forget'], { cwd: project })).toMatchObject({ code: 2 });
  });

  it('is given up by its name only, and never while its run lives', async () => {
    withRuntime('');
    const log = await recordAttached();
    expect(await firedrill(['rollback', '--forget'], { cwd: project })).toMatchObject({ code: 2 });
    const alive = JSON.stringify(identityOf(process.pid));
    writeFileSync(join(log, 'owner.json'), alive);
    const { code, stderr } = await firedrill(['rollback', 'run-1', '--forget'], { cwd: project });
    expect([code, existsSync(log)]).toEqual([2, true]);
    expect(stderr).toContain('run run-1 is alive');
  });

  it('is not asked for without the secrets that it takes', async () => {
    withRuntime('');
    const log = await recordAttached();
    const { code, stdout } = await firedrill(['rollback'], { cwd: project });
    expect([code, existsSync(log)]).toEqual([4, true]);
    expect(stdout).toMatch(
      /NOT rolled back: run-1\n {2}FAILED: the environment variable FIREDRILL_TEST_NOT_SET is not set/,
    );
  });
});
