import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faults, probes } from '../../fixtures/plugin/lock-file.ts';
import { firedrill } from '../../test/command-line.ts';
import { builtin, withPlugin } from '../builtin.ts';
import type { JournalEvent, RunStarted } from '../core/journal.ts';
import { loadDrill } from '../drill/load.ts';
import { judge } from '../index.ts';

let project: string;
let config: readonly string[];
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-judge-'));
  writeFileSync(join(project, 'firedrill.config.yaml'), '');
  config = ['--config', join(project, 'firedrill.config.yaml')];
});
afterEach(() => rmSync(project, { recursive: true }));

/** A run of the plugin's drill in which its file was there after the fault, or never. */
async function record(runId: string, there: boolean, suiteId = 'suite-1', dryRun = false): Promise<string> {
  const dir = join(project, 'reports', runId);
  mkdirSync(dir, { recursive: true });
  const registry = withPlugin(builtin, { faults, probes }, 'lock-file.ts');
  const { drill } = await loadDrill('fixtures/plugin/drills/deploy-lock.drill.yaml', { registry });
  const run: RunStarted = {
    type: 'run',
    v: 1,
    runId,
    suiteId,
    seed: 1,
    originNs: '0',
    startedAt: '2026-11-21T12:00:00Z',
    runtime: 'local',
    target: undefined,
    dryRun,
    versions: {},
    host: {},
    configHash: '',
    drill,
    sabotage: undefined,
  };
  const step = { type: 'step', step: 'hang', verb: 'fault', kind: 'file.create', targets: [] } as const;
  const evidence = { summary: 'it is there', facts: {} };
  const readings = Array.from({ length: 20 }, (_, i): JournalEvent => {
    const startedMs = 1000 + 100 * i;
    return { type: 'probe', probe: 'file.there', startedMs, atMs: startedMs + 1, value: { there } };
  });
  const events: JournalEvent[] = [
    { ...run, atMs: 0 },
    { type: 'phase', phase: 'method', state: 'begin', atMs: 999 },
    { ...step, state: 'called', atMs: 999 },
    { ...step, state: 'confirmed', evidence, atMs: 999 },
    ...readings,
    { ...step, state: 'ended', atMs: 3000 },
    { ...step, state: 'revertCalled', atMs: 3000 },
    { ...step, state: 'reverted', evidence, atMs: 3001 },
    { type: 'phase', phase: 'method', state: 'end', atMs: 3002 },
    { type: 'steadyAgain', notBeforeMs: 3003, byMs: 3004, atMs: 3005 },
    { type: 'restored', clean: true, differences: [], moved: [], atMs: 3006 },
    { type: 'end', status: 'completed', atMs: 3007 },
  ];
  writeFileSync(join(dir, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return dir;
}

describe('judge and report', () => {
  it('print the result of a run, by its id or its folder, and end as it did', async () => {
    const dir = await record('run-1', true);
    const byId = await firedrill(['report', 'run-1', ...config]);
    expect(byId.stdout).toContain('PASSED');
    expect(byId.code).toBe(0);
    expect((await firedrill(['report', dir])).stdout).toContain('PASSED');
    expect((await firedrill(['report', join(dir, 'report.md')])).stdout).toContain('PASSED');
    expect(readdirSync(dir)).toEqual(['events.ndjson']);
  });

  it('write the results again, and only judge does', async () => {
    const dir = await record('run-2', false);
    const { code, stdout } = await firedrill(['judge', 'run-2', ...config]);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED') });
    expect(JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))).toMatchObject({
      runId: 'run-2',
      verdict: 'failed',
    });
    expect(readdirSync(dir).sort()).toEqual(['events.ndjson', 'junit.xml', 'report.md', 'result.json']);
    expect(existsSync(join(project, 'reports/suite-1'))).toBe(false);
  });

  it('know the newest run, and all runs of a suite', async () => {
    await record('20261121-1200-a', true, '20261121-1200-suite');
    await record('20261121-1201-b', false, '20261121-1200-suite');
    await record('20261121-1300-c', true, '20261121-1300-suite');
    const latest = await firedrill(['report', 'latest', ...config]);
    expect(latest).toMatchObject({ code: 0, stdout: expect.stringContaining('20261121-1300-c') });
    const suite = await firedrill(['report', '20261121-1200-suite', ...config]);
    expect(suite).toMatchObject({ code: 1, stdout: expect.stringContaining('2 drills: 1 passed, 1 failed') });
    expect(suite.stdout).not.toContain('20261121-1300-c');
    expect(existsSync(join(project, 'reports/20261121-1200-suite'))).toBe(false);
    const json = await firedrill(['report', '20261121-1200-suite', '--json', ...config]);
    expect(JSON.parse(json.stdout)).toMatchObject([{ verdict: 'passed' }, { verdict: 'failed' }]);
    expect((await firedrill(['judge', join(project, 'reports/20261121-1200-suite'), ...config])).code).toBe(1);
    expect(readdirSync(join(project, 'reports/20261121-1200-suite')).sort()).toEqual(['junit.xml', 'summary.json']);
  });

  it('tell a reporter that a plugin brings, when it is chosen', async () => {
    await record('run-5', true);
    const told = join(project, 'told.txt');
    const reporter = `{ name: 'ticket', onRunEnd: (report) => writeFileSync(${JSON.stringify(told)}, report.verdict) }`;
    writeFileSync(
      join(project, 'mine.mjs'),
      `import { writeFileSync } from 'node:fs';\nexport const reporters = [${reporter}];\n`,
    );
    const configure = (reporters: string): void =>
      writeFileSync(join(project, 'firedrill.config.yaml'), `plugins: [mine.mjs]\nreporters: [${reporters}]\n`);
    configure('json');
    await firedrill(['judge', 'run-5', ...config]);
    expect(existsSync(told)).toBe(false);
    configure('json, ticket');
    expect((await firedrill(['judge', 'run-5', ...config])).code).toBe(0);
    expect(readFileSync(told, 'utf8')).toBe('passed');
    configure('tickt');
    expect((await firedrill(['judge', 'run-5', ...config])).stderr).toContain(
      'there is no reporter "tickt"\n  → did you mean "ticket"?',
    );
    const refused = async (file: string, text: string): Promise<string> => {
      writeFileSync(join(project, file), `export const reporters = ${text};\n`);
      writeFileSync(join(project, 'firedrill.config.yaml'), `plugins: [${file}]\n`);
      return (await firedrill(['judge', 'run-5', ...config])).stderr;
    };
    expect(await refused('taken.mjs', "[{ name: 'json' }]")).toContain('there is a reporter "json" already');
    expect(await refused('none.mjs', '[{}]')).toContain('not a list of reporters');
  });

  it('print it for programs', async () => {
    await record('run-3', true);
    const { stdout } = await firedrill(['report', 'run-3', '--json', ...config]);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'firedrill.result/1', verdict: 'passed' });
  });

  it('refuse a dry run, whatever stands in it: nothing of it has happened', async () => {
    await record('20261121-1200-a', true);
    const dir = await record('20261121-1300-dry-run-b', true, 'suite-1', true);
    const refused = { code: 2, stdout: '', stderr: expect.stringContaining('was a dry run: nothing was done') };
    for (const command of ['judge', 'report'])
      expect(await firedrill([command, '20261121-1300-dry-run-b', ...config])).toMatchObject(refused);
    await expect(judge(dir)).rejects.toThrow('was a dry run');
    expect(readdirSync(dir)).toEqual(['events.ndjson']);
    expect((await firedrill(['report', 'latest', ...config])).stdout).toContain('20261121-1200-a');
  });

  it('say which run may have been meant', async () => {
    expect((await firedrill(['report', 'nothing', ...config])).stderr).toContain('There are no runs in');
    await record('20261121-run-4', true);
    expect(await firedrill(['report', 'run-4', ...config])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean 20261121-run-4?'),
    });
  });
});
