import { spawnSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { exitWith } from '../../core/exit-code.ts';
import type { Reporter } from '../../core/kinds.ts';
import { type Capture, capture } from '../testing/capture.ts';
import { sampleEvents } from '../testing/events.ts';
import { invocationInfo, runInfo } from '../testing/infos.ts';
import { sampleReports } from '../testing/reports.ts';
import { type ConsoleOptions, createConsoleReporter } from './console.ts';

const { passed, strange } = sampleReports;
const cursor = /\p{Cc}\[\d*[AJ]/u;
const colour = /\p{Cc}\[\d+m/gu;

async function wholeRun(reporter: Reporter, report = passed): Promise<void> {
  await reporter.onRunStart?.(runInfo(report, 'reports'));
  for (const event of sampleEvents) reporter.onEvent?.(event);
  reporter.onProgress?.('taking the cluster down');
  await reporter.onRunEnd?.(report, runInfo(report, 'reports'));
  await reporter.onInvocationEnd?.([report], invocationInfo('reports', 1));
}

function onTerminal(options: Partial<ConsoleOptions> = {}): { reporter: Reporter; stdout: Capture; stderr: Capture } {
  const [stdout, stderr] = [capture(80), capture(80)];
  return { reporter: createConsoleReporter({ stdout, stderr, env: {}, ...options }), stdout, stderr };
}

describe('the console', () => {
  it('piped: a line for each phase, step and mark, with the time since the start', async () => {
    const [stdout, stderr] = [capture(), capture()];
    await wholeRun(createConsoleReporter({ stdout, stderr }));
    const [, log, last] = /^([\s\S]*\n)(.*taking the cluster down\n)$/.exec(stderr.text()) ?? [];
    await expect(log).toMatchFileSnapshot('../golden/progress.txt');
    expect(last).toMatch(/^ +3\d\.\d s {2}taking the cluster down\n$/);
    expect(stdout.text()).toContain('PASSED · redis-primary-kill');
    expect(stdout.text()).toContain('Exit 0: every drill passed');
    expect(stdout.text() + stderr.text()).not.toContain('\u001b');
  });

  it('keeps progress from the result', async () => {
    const { reporter, stdout, stderr } = onTerminal();
    await wholeRun(reporter);
    expect(stderr.text()).toContain('gate: nothing is hurt');
    expect(stdout.text()).not.toContain('gate: nothing is hurt');
    expect(stderr.text()).not.toContain('PASSED');
  });

  it('draws in place on a terminal, and leaves no mark lines in the log', async () => {
    const { reporter, stderr } = onTerminal();
    await wholeRun(reporter);
    expect(stderr.text()).toMatch(cursor);
    expect(stderr.text()).not.toContain('+sdown (sentinel-2)');
  });

  it.each([
    ['CI', { CI: 'true' }],
    ['a terminal that cannot', { TERM: 'dumb' }],
  ])('moves no cursor in %s', async (_, env) => {
    const { reporter, stderr } = onTerminal({ env });
    await wholeRun(reporter);
    expect(stderr.text()).not.toMatch(cursor);
    expect(stderr.text()).toContain('+sdown (sentinel-2)');
  });

  it('lets no text of others drive the terminal', async () => {
    const { reporter, stdout, stderr } = onTerminal({ isTty: false, color: false });
    await wholeRun(reporter, strange);
    expect(stdout.text() + stderr.text()).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  });

  it('says the exit code that it is told, which knows more than the reports', async () => {
    const { reporter, stdout } = onTerminal({ exitOf: () => exitWith(6), color: false });
    await wholeRun(reporter);
    expect(stdout.text()).toContain('Exit 6: the tool or its environment broke');
  });

  it('says the verdict in words, and colour only repeats it', async () => {
    const [plain, colored] = [onTerminal({ color: false }), onTerminal({ color: true })];
    await wholeRun(plain.reporter);
    await wholeRun(colored.reporter);
    expect(colored.stdout.text()).toContain('\u001b[');
    expect(colored.stdout.text().replaceAll(colour, '')).toBe(plain.stdout.text());
  });

  it('does not mind a reader that left, and says when the result could not be written', async () => {
    const broken = (code: string): Writable =>
      new Writable({
        autoDestroy: false,
        write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
      });
    const run = (stdout: Writable): Promise<void> => wholeRun(createConsoleReporter({ stdout, stderr: capture() }));
    await expect(run(broken('EPIPE'))).resolves.toBeUndefined();
    await expect(run(broken('ENOSPC'))).rejects.toThrow('ENOSPC');
  });
});

describe('colours', () => {
  const script = `
    import { createConsoleReporter } from './src/reporters/console/console.ts';
    import { sampleReports } from './src/reporters/testing/reports.ts';
    import { runInfo } from './src/reporters/testing/infos.ts';
    const reporter = createConsoleReporter({ stdout: process.stdout, stderr: process.stderr });
    reporter.onRunEnd(sampleReports.passed, runInfo(sampleReports.passed, 'reports'));`;

  function outputWith(env: Record<string, string>): string {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(NO_COLOR|FORCE_COLOR|CI|NODE_.*)$/.test(name)),
    );
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...clean, ...env },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  }

  it('are not in a pipe, but where FORCE_COLOR wants them', () => {
    expect(outputWith({})).not.toContain('\u001b');
    expect(outputWith({ NO_COLOR: '1' })).not.toContain('\u001b');
    expect(outputWith({ FORCE_COLOR: '1' })).toContain('\u001b[1m');
  });
});
