// The packed package in a repository of a user's own: drills as tests of its vitest.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makePublishable } from '../../scripts/publishable.ts';
import type { HistoryLine } from '../../src/reporters/history.ts';
import { eventually } from './support/eventually.ts';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox, REPO, type Sandbox } from './support/sandbox.ts';

/** As `npm install firedrill vitest` leaves it. */
function install(sandbox: Sandbox, test: string): void {
  const modules = join(sandbox.dir, 'node_modules');
  makePublishable(join(modules, 'firedrill'));
  for (const name of readdirSync(join(REPO, 'node_modules')).filter((each) => each !== 'firedrill'))
    symlinkSync(join(REPO, 'node_modules', name), join(modules, name));
  writeFileSync(join(sandbox.dir, 'package.json'), '{ "name": "own", "private": true, "type": "module" }');
  writeFileSync(join(sandbox.dir, 'resilience.test.ts'), test);
}

interface Tests {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
}

function startTests(sandbox: Sandbox): Tests {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_|CI$|GITHUB_)/.test(name));
  const argv = ['run', '--reporter=verbose', '--reporter=junit', '--outputFile.junit=tests.xml'];
  const child = spawn(process.execPath, [join(REPO, 'node_modules/vitest/vitest.mjs'), ...argv], {
    cwd: sandbox.dir,
    env: {
      ...Object.fromEntries(inherited),
      NO_COLOR: '1',
      XDG_STATE_HOME: join(sandbox.dir, 'state'),
      TMPDIR: sandbox.tmp,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, ended: once(child, 'close').then(([code]) => code as number | null), output: () => text };
}

const lost = {
  assert: 'never',
  name: 'replica-lost',
  probe: 'redis.topology',
  tolerance: { replicasInStep: { atMost: 1 } },
  during: 'kill',
};
const absent = [{ probe: 'redis.topology', every: '100ms', timeout: '400ms', tolerance: { primaries: 2 } }];

describe('drills as tests', { timeout: 900_000 }, () => {
  it('are green and red as the drills are, with the findings as the text, a quarantine and a second try', async () => {
    const quarantine = [{ drill: 'aside', owner: 'platform', reason: 'a replica is lost', expires: '2999-01-01' }];
    await using sandbox = await createSandbox({ quarantine });
    install(
      sandbox,
      "import { testDrills } from 'firedrill/vitest';\nawait testDrills({ tag: 'tonight', retryInconclusive: 1 });\n",
    );
    const tags = ['tonight'];
    sandbox.addDrill('sound', quickDrill({ tags }));
    sandbox.addDrill('sabotaged', quickDrill({ tags, assertions: [lost] }));
    sandbox.addDrill('aside', quickDrill({ tags, assertions: [lost] }));
    const steadyStateHypothesis = { title: 'Two primaries', probes: absent };
    sandbox.addDrill('unproved', quickDrill({ tags, use: [], steadyStateHypothesis, timing: { startWithin: '2s' } }));
    const tests = startTests(sandbox);
    const code = await tests.ended;
    expect({ code, output: tests.output() }).toMatchObject({ code: 1 });
    const junit = readFileSync(join(sandbox.dir, 'tests.xml'), 'utf8');
    const cases = [...junit.matchAll(/<testcase [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g)];
    const failures = Object.fromEntries(
      cases.map(([, name, body]) => [name, /<failure message="([^"]*)"/.exec(body ?? '')?.[1]]),
    );
    expect(failures).toEqual({
      sound: undefined,
      aside: undefined,
      sabotaged: expect.stringMatching(
        /^FAILED · sabotaged[\s\S]*✗ replica-lost[\s\S]*expected: never redis\.topology/,
      ),
      unproved: expect.stringMatching(/^INCONCLUSIVE: nothing was proved · unproved[\s\S]*run again, because /),
    });
    expect(junit).toContain('skipped="0"');
    expect(tests.output()).toContain('in quarantine until 2999-01-01 (platform: a replica is lost)');
    expect(history(sandbox)).toEqual([
      ['aside', 'failed'],
      ['sabotaged', 'failed'],
      ['sound', 'passed'],
      ['unproved', 'inconclusive'],
      ['unproved', 'inconclusive, again'],
    ]);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('are rolled back when the test runner is killed in the middle of one', async () => {
    await using sandbox = await createSandbox();
    install(sandbox, "import { testDrills } from 'firedrill/vitest';\nawait testDrills({ drills: ['held'] });\n");
    sandbox.addDrill(
      'held',
      quickDrill({ method: [{ name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '90s' }] }),
    );
    const tests = startTests(sandbox);
    const confirmed = (): true | undefined => {
      if (tests.child.exitCode !== null) throw new Error(`the tests ended:\n${tests.output()}`);
      return events(sandbox).includes('"state":"confirmed"') ? true : undefined;
    };
    await eventually('the fault', confirmed, 400_000);
    tests.child.kill('SIGKILL');
    await tests.ended;
    await eventually('the roll-back', () => (history(sandbox).length > 0 ? true : undefined), 120_000);
    expect(history(sandbox)).toEqual([['held', 'inconclusive']]);
    expect(events(sandbox)).toContain('"status":"interrupted"');
    await eventually('the end', () => (leftovers(sandbox).length === 0 ? true : undefined), 120_000);
  });
});

/** Of every run, in their order. */
function history(sandbox: Sandbox): readonly (readonly [string, string])[] {
  mkdirSync(sandbox.reports, { recursive: true });
  const text = attempt(() => readFileSync(join(sandbox.reports, 'history.ndjson'), 'utf8'));
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as HistoryLine)
    .map(({ drill, verdict, retryOf }) => [drill, retryOf === undefined ? verdict : `${verdict}, again`] as const);
}

/** The journal of the only run. */
function events(sandbox: Sandbox): string {
  const run = attempt(() => readdirSync(sandbox.reports).find((name) => name.includes('held')) ?? '');
  return attempt(() => readFileSync(join(sandbox.reports, run, 'events.ndjson'), 'utf8'));
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
