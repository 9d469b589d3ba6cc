import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox, type Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const kill = {
  name: 'kill',
  fault: 'process.kill',
  targets: 'redis-primary',
  hold: { until: 'recovered', atMost: '15s' },
};
const rto = { assert: 'rto', of: 'writes', since: 'kill', with: { atMost: '10s' } };
const lossless = { assert: 'rpo', of: 'writes', with: { lostWrites: 0 } };

/** summary.json of the last invocation. */
function suiteOf({ reports }: Sandbox): unknown {
  const last =
    readdirSync(reports)
      .filter((name) => name.includes('-suite-'))
      .sort()
      .at(-1) ?? '';
  return JSON.parse(readFileSync(join(reports, last, 'summary.json'), 'utf8'));
}

function seedsOf({ reports }: Sandbox, drill: string): readonly number[] {
  const runs = readdirSync(reports).filter((name) => name.includes(`-${drill}-`));
  return runs.map((run) => JSON.parse(readFileSync(join(reports, run, 'result.json'), 'utf8')).seed as number);
}

describe('prove', () => {
  it('sabotages a drill that has no sabotage of its own', async () => {
    const name = sandbox.addDrill('bare', quickDrill({ method: [kill], assertions: [rto, lossless] }));
    const { code, stdout, stderr } = await sandbox.run(['prove', name, '--seed', '7']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(suiteOf(sandbox)).toMatchObject({ exit: { code: 0, meaning: 'every sabotage was caught' } });
    expect(seedsOf(sandbox, 'bare')).toEqual([7, 7, 7]);
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('caught bare: the fault left out: the run is inconclusive: FAULT_NOT_PROVED');
    expect(said).toContain('caught bare: the workloads pointed at nothing: the run is inconclusive: WORKLOAD_FAILED');
    expect(said).toMatch(/caught bare: a tenth of the time .* rto at most \d+ ms: rto failed \(/);
    expect(said).toContain('bare: rpo is not proved by any sabotage 3 sabotages: 3 caught, 0 missed');
    expect(stdout).toMatch(/^Exit 0: every sabotage was caught\n*$/m);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('calls a sabotage that passes a defect', async () => {
    const override = { method: [{ name: 'kill', hold: '1s' }] };
    const reason = { ...lossless, name: 'lossless', unproven: 'one machine loses nothing' };
    const selfTest = [{ name: 'a shorter time', override, fails: 'availability' }];
    const drill = quickDrill({
      assertions: [{ assert: 'availability', of: 'writes', with: { total: '1m' } }, reason],
      selfTest,
    });
    const { code, stdout } = await sandbox.run(['prove', sandbox.addDrill('tame', drill), '--json']);
    expect({ code, proved: JSON.parse(stdout) }).toEqual({
      code: 1,
      proved: [
        {
          drill: 'tame',
          asItIs: 'passed',
          sabotages: [
            {
              name: 'a shorter time',
              result: 'missed',
              because: expect.stringContaining('availability passed'),
              runId: expect.stringContaining('tame'),
            },
          ],
          unproved: [{ name: 'lossless', because: 'one machine loses nothing' }],
        },
      ],
    });
  });

  it('runs no sabotage of a drill that does not pass as it is', async () => {
    const strict = { ...rto, with: { atMost: '100ms' } };
    const selfTest = [{ name: 'a longer wait', override: { timing: { heldFor: '2s' } }, fails: 'rto' }];
    const name = sandbox.addDrill('failing', quickDrill({ method: [kill], assertions: [strict], selfTest }));
    const { code, stdout } = await sandbox.run(['prove', name]);
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(code).toBe(1);
    expect(said).toMatch(/FAILS failing: without any sabotage: .* its sabotages would prove nothing: rto failed/);
    expect(said).toContain('1 sabotage: 0 caught, 0 missed, 1 not run');
  });

  it('is interrupted as a run is: the cluster is rolled back, and nothing else begins', async () => {
    const name = sandbox.addDrill('interrupted', quickDrill({ method: [kill], assertions: [rto] }));
    const proving = sandbox.start(['prove', name]);
    await eventually('the workloads of a sabotaged run', () => {
      const runs = existsSync(sandbox.reports) ? readdirSync(sandbox.reports) : [];
      const run = runs.find((each) => each.includes('interrupted'));
      const events = join(sandbox.reports, run ?? 'none', 'events.ndjson');
      return existsSync(events) && readFileSync(events, 'utf8').includes('"phase":"warmUp"') ? true : undefined;
    });
    proving.kill('SIGINT');
    await proving.endsWith(130);
    const said = proving.stdout().replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      'not tried interrupted: a tenth of the time that was measured as the limit: it was interrupted',
    );
    expect(said).toContain('3 sabotages: 0 caught, 0 missed, 1 not tried, 2 not run');
    expect(leftovers(sandbox)).toEqual([]);
  });
});
