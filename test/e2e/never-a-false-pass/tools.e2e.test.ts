// A tool of ours that breaks says nothing about the system: exit 6, and what was done is undone.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/core/process-identity.ts';
import { findMountIsolation } from '../../../src/toolchain/mount-isolation.ts';
import { eventually } from '../support/eventually.ts';
import { leftovers } from '../support/leftovers.ts';
import { handleOf, pidOf } from '../support/nodes.ts';
import { quickDrill } from '../support/quick-drill.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const cut = { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold: '3s' };
const drill = quickDrill({ method: [cut], timing: { recoveryWithin: '3s', drainWithin: '2s' } });

describe.concurrent('a run breaks', () => {
  it('when Toxiproxy dies during a partition', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('partition', drill)]);
    await run.untilStep('cut', 'confirmed');
    process.kill(await pidOf(sandbox, 'toxiproxy'), 'SIGKILL');
    await run.endsWith(6);
    const { verdict, problems, cluster } = await run.result();
    expect({ verdict, cluster }).toEqual({ verdict: 'inconclusive', cluster: 'removed' });
    expect(problems.map(({ code }) => code)).toContain('TOOL_BROKEN');
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('when another Toxiproxy is in its place', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('partition', drill)]);
    await run.untilStep('cut', 'confirmed');
    await replaceToxiproxy(sandbox, await run.runId());
    await run.endsWith(6);
    const { verdict, problems, cluster } = await run.result();
    expect({ verdict, cluster }).toEqual({ verdict: 'inconclusive', cluster: 'removed' });
    expect(problems.map(({ code }) => code)).toContain('TOOL_BROKEN');
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('when the disk is full of its journal, and undoes what it did', async ({ skip }) => {
    const isolation = await findMountIsolation({ env: process.env, signal: AbortSignal.timeout(10_000) });
    skip(isolation?.keepsPid !== true, 'no mount namespaces here: a disk of its own cannot be had');
    await using sandbox = await createSandbox();
    const mountIt = 'mkdir "$0" && mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"';
    const run = sandbox.start(['run', sandbox.addDrill('partition', drill), '--set', 'method.cut.hold=20s'], {
      through: [...(isolation?.argv ?? []), 'sh', '-c', mountIt, sandbox.reports],
    });
    await eventually('the partition', () => (run.stderr().includes('step cut: in effect') ? true : undefined));
    fill(`/proc/${run.pid}/root${sandbox.reports}`);
    await run.endsWith(6);
    expect(run.stderr()).toMatch(/step cut: reverted: \d+ links healed/);
    expect(run.stderr() + run.stdout()).toContain('no space left on device');
    expect(leftovers(sandbox)).toEqual([]);
  });
});

/** Writes until nothing goes in any more. */
function fill(dir: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    for (;;) {
      try {
        writeFileSync(join(dir, 'filler'), Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

/** One that knows nothing of the links, at the same address. */
async function replaceToxiproxy(sandbox: Sandbox, runId: string): Promise<void> {
  const { toxiproxy, programs } = handleOf(sandbox, runId).state as unknown as {
    readonly toxiproxy: { readonly host: string; readonly port: number };
    readonly programs: Record<string, { readonly path: string }>;
  };
  const ours = await pidOf(sandbox, 'toxiproxy');
  process.kill(ours, 'SIGKILL');
  // While it is dying it still has the address, and the other one would give up.
  await eventually('the end of ours', () => (identityOf(ours) === undefined ? true : undefined));
  const args = ['-host', toxiproxy.host, '-port', String(toxiproxy.port)];
  const other = spawn(programs['toxiproxy']?.path ?? '', args, { stdio: 'ignore' });
  sandbox.defer(() => void other.kill('SIGKILL'));
  let answers = false;
  const url = `http://${toxiproxy.host}:${toxiproxy.port}/version`;
  const asking = setInterval(() => {
    fetch(url).then(
      () => {
        answers = true;
      },
      () => undefined,
    );
  }, 20);
  await eventually('the other Toxiproxy', () => (answers ? true : undefined)).finally(() => clearInterval(asking));
}
