import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Report } from '../../src/core/report.ts';
import { schemaViolations } from '../draft-07.ts';
import { leftovers } from './support/leftovers.ts';
import { createSandbox, REPO, type Sandbox } from './support/sandbox.ts';

const QUICKER = ['--set', 'timing.warmUp=3s', '--set', 'timing.heldFor=1s'];

describe('redis-primary-kill', () => {
  it('passes, tells how the failover went, and leaves nothing', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', 'redis-primary-kill', ...QUICKER]);
    await run.endsWith(0);
    expect(leftovers(sandbox)).toEqual([]);
    const dir = join(sandbox.reports, await run.runId());
    expect(run.stdout()).toContain('PASSED');
    expect(readFileSync(join(dir, 'junit.xml'), 'utf8')).toMatch(/<testsuites [^>]*tests="7" failures="0" errors="0"/);
    expect(readFileSync(join(dir, 'report.md'), 'utf8')).toContain(await run.runId());
    const report = await run.result();
    expect(violations(dir)).toEqual([]);
    expect(report).toMatchObject({ status: 'completed', verdict: 'passed', cluster: 'restored', problems: [] });
    expect(report.assertions.map(({ verdict }) => verdict)).toEqual(Array(6).fill('passed'));
    expectPhases(report);
    const { low = 0, high = 0 } = report.measured['writes']?.recoveryTimeMs ?? {};
    const { lowMs, highMs, allowanceMs } = report.predicted ?? { lowMs: 0, highMs: 0, allowanceMs: 0 };
    expect(low).toBeLessThanOrEqual(highMs + allowanceMs);
    expect(high).toBeGreaterThanOrEqual(lowMs);
  });

  it('is proved to fail when the Sentinels wait a minute', async () => {
    await using sandbox = await createSandbox();
    withOnly(sandbox, 'Sentinels that wait a minute');
    const hold = 'method.kill.hold={ until: recovered, atMost: 8s }';
    const prove = sandbox.start(['prove', 'redis-primary-kill', ...QUICKER, '--set', hold]);
    await prove.endsWith(0);
    expect(prove.stdout()).toContain('1 sabotage: 1 caught, 0 missed');
    expect(leftovers(sandbox)).toEqual([]);
  });
});

/** How far two threads may be apart that write down what they see, while neither is kept from running. */
const SLACK_MS = 100;

/** The first of each. When the new primary takes writes again, clients may have been told of it or not. */
function expectPhases({ phases, machine }: Report): void {
  const slackMs = SLACK_MS + (machine.stoodStillMs ?? 0);
  const story = ['+sdown', '+odown', 'promoted', 'refuses-writes', '+switch-master', 'first-write'];
  for (const names of [story, ['refuses-writes', 'accepts-writes', 'first-write']]) {
    const moments = names.map((name) => phases.find((phase) => phase.name === name)?.atMs ?? Number.NaN);
    const early = moments.filter((ms, at) => !(at === 0 || ms > (moments[at - 1] ?? Number.NaN) - slackMs));
    expect({ names, moments, early }).toEqual({ names, moments, early: [] });
  }
}

function violations(dir: string): readonly string[] {
  const schema = JSON.parse(readFileSync(join(REPO, 'schema/result.schema.json'), 'utf8')) as JsonObject;
  return schemaViolations(JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as Json, schema);
}

/** The shipped drill with one of its sabotages. */
function withOnly(sandbox: Sandbox, sabotage: string): void {
  const file = join(sandbox.dir, 'drills/redis-primary-kill.drill.yaml');
  const { selfTest, ...drill } = parse(readFileSync(file, 'utf8')) as {
    selfTest: readonly { readonly name: string }[];
  };
  sandbox.addDrill('redis-primary-kill', { ...drill, selfTest: selfTest.filter(({ name }) => name === sabotage) });
}
