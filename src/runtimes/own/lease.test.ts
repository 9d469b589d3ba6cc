import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Address } from '../../core/node.ts';
import { identityOf } from '../../core/process-identity.ts';
import { leaseSubnet, releaseSubnet, sweepLeases } from './lease.ts';

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-leases-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

const nobody: readonly Address[] = [];

/** Leases of dead owners for these subnets. */
async function leaveStale(directory: string, subnets: readonly number[]): Promise<void> {
  const owner = { ...identityOf(process.pid), startTime: '1' };
  for (const subnet of subnets) {
    await writeFile(join(directory, `127.${subnet}.json`), JSON.stringify({ runId: 'dead', owner }));
  }
}

describe('leases', () => {
  it('are one run’s each, and can be had again once given back', async () => {
    const options = { directory: await emptyDirectory(), listeners: nobody };
    const taken = await Promise.all(['a', 'b', 'c'].map((run) => leaseSubnet(run, options)));
    expect(new Set(taken)).toEqual(new Set([64, 65, 66]));
    await releaseSubnet('not its owner', 64, options);
    expect(await leaseSubnet('d', options)).toBe(67);
    await releaseSubnet('d', 67, options);
    await releaseSubnet('d', 67, options);
    expect(await leaseSubnet('e', options)).toBe(67);
    expect((await readdir(options.directory)).filter((name) => !name.startsWith('127.'))).toEqual([]);
  });

  it('of dead owners are swept away where nobody listens, and no others', async () => {
    const options = { directory: await emptyDirectory(), listeners: [{ host: '127.65.0.1', port: 1 }] };
    await leaveStale(options.directory, [64, 65]);
    expect(await leaseSubnet('a', options)).toBe(64);
    await leaveStale(options.directory, [66]);
    await writeFile(join(options.directory, '4194399.torn.claim'), '{');
    await sweepLeases(options);
    expect((await readdir(options.directory)).sort()).toEqual(['127.64.json', '127.65.json']);
    await sweepLeases({ directory: join(options.directory, 'missing') });
  });

  it('leave out where somebody listens, whoever it is', async () => {
    const listeners = [
      { host: '127.64.250.3', port: 1 },
      { host: '127.0.0.1', port: 65 },
    ];
    expect(await leaseSubnet('a', { directory: await emptyDirectory(), listeners })).toBe(65);
  });

  it('are taken over from dead owners and from nobody else, and run out', async () => {
    const options = { directory: await emptyDirectory(), listeners: nobody };
    await leaveStale(options.directory, [64, 65]);
    await writeFile(join(options.directory, '127.66.json'), 'torn');
    expect([await leaseSubnet('a', options), await leaseSubnet('b', options), await leaseSubnet('c', options)]).toEqual(
      [64, 65, 66],
    );
    for (let subnet = 67; subnet <= 127; subnet++) expect(await leaseSubnet('more', options)).toBe(subnet);
    await expect(leaseSubnet('one too many', options)).rejects.toMatchObject({ code: 'CLUSTER_FAILED' });
  });

  it('are never two processes’ at once, also when all take over the same stale ones', async () => {
    const directory = await emptyDirectory();
    await leaveStale(
      directory,
      Array.from({ length: 64 }, (_, at) => 64 + at),
    );
    const script = `
      const { leaseSubnet } = await import(${JSON.stringify(fileURLToPath(new URL('./lease.ts', import.meta.url)))});
      const options = { directory: ${JSON.stringify(directory)}, listeners: [] };
      const taken = [];
      for (let at = 0; at < 12; at++) taken.push(await leaseSubnet(String(process.pid), options));
      process.stdout.write(JSON.stringify(taken));
      process.stdin.resume();`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    const taken = await Promise.all(
      children.map(async (child) => JSON.parse(String((await once(child.stdout, 'data'))[0])) as number[]),
    );
    expect(new Set(taken.flat()).size).toBe(48);
  });
});
