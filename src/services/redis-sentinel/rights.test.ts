import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../../test/loopback-sentinel.ts';
import { attachedContext } from '../../../test/support/secured-context.ts';
import { builtin } from '../../builtin.ts';
import type { AddressBook } from '../../core/node.ts';
import { loadDrill } from '../../drill/load.ts';
import { makePlan } from '../../engine/plan.ts';
import { rightsOf, type ServiceRight } from '../../engine/rights.ts';
import { checkRights, grants } from './rights.ts';

vi.stubEnv('RIGHTS_TEST_PASSWORD', 'secret');
afterAll(() => vi.unstubAllEnvs());

let cluster: LoopbackSentinel;
beforeAll(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 60_000 });
});
afterAll(() => cluster[Symbol.asyncDispose]());

async function rightsIn(name: string): Promise<readonly ServiceRight[]> {
  const { drill } = await loadDrill(`drills/${name}.drill.yaml`, { registry: builtin });
  const runtime = builtin.runtimes.get('local');
  if (runtime === undefined) throw new Error('no local runtime');
  return rightsOf(makePlan(drill, builtin, runtime));
}

/** As firedrill would enter them. */
function asUser(): AddressBook {
  const access = { user: 'fd', password: { env: 'RIGHTS_TEST_PASSWORD' } };
  return { ...cluster.addresses, rows: cluster.addresses.rows.map((row) => ({ ...row, access })) };
}

/** The commands that `grants` printed, as they are, on each node that they are for. */
async function grant(lines: readonly string[]): Promise<void> {
  for (const [at, line] of lines.entries()) {
    const role = lines[at - 1]?.includes('every Sentinel') === true ? 'sentinel' : 'redis';
    if (line.startsWith('#')) continue;
    const [command = '', ...args] = line.split(' ');
    for (const { node } of cluster.addresses.rows.filter((row) => row.role === role))
      await cluster.ask(node, command, ...args.toSpliced(2, 0, 'reset', '>secret'));
  }
}

const check = (rights: readonly ServiceRight[]) => checkRights('cache', rights, attachedContext(asUser()));

describe('rights of Redis and Sentinel', () => {
  it('are given by what is printed for a drill, and the check sees each that is not', async () => {
    const rights = await rightsIn('redis-planned-failover');
    const lines = grants(rights, { user: 'fd', prefix: 'firedrill-' });
    await grant(lines);
    expect((await check(rights)).filter(({ state }) => state !== 'allowed')).toEqual([]);

    for (const [at, line] of lines.entries()) {
      const words = line.split(' ');
      for (const rule of words.slice(3).filter((word) => /^[+~&]/.test(word))) {
        await grant(lines.with(at, words.filter((word) => word !== rule).join(' ')));
        const missing = (await check(rights)).filter(({ state }) => state !== 'allowed');
        const named = missing.map(({ right, because }) => `${right.act.join(' ')}: ${because}`).join('; ');
        expect(missing, `without ${rule}`).not.toEqual([]);
        expect(named.toLowerCase(), `without ${rule}`).toContain(rule.slice(1).replace('|', ' ').replace(/\*$/, ''));
      }
      await grant(lines);
    }
  }, 60_000);

  it('are refused as soon as one node refuses them, and unknown while one does not answer', async () => {
    const rights: readonly ServiceRight[] = [{ service: 'cache', role: 'redis', act: ['INFO'], neededBy: [] }];
    await grant(grants([...rights, ...(await rightsIn('redis-primary-kill'))], { user: 'fd', prefix: 'firedrill-' }));
    await cluster.ask('redis-2', 'ACL', 'SETUSER', 'fd', '-info');
    expect(await check(rights)).toEqual([
      expect.objectContaining({ state: 'refused', nodes: ['redis-2'], because: expect.stringContaining('info') }),
    ]);
    await cluster.ask('redis-2', 'ACL', 'SETUSER', 'fd', '+info', 'off');
    expect(await check(rights)).toEqual([expect.objectContaining({ state: 'unknown', nodes: ['redis-2'] })]);
  });
});
