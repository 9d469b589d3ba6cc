import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../core/process-identity.ts';
import { claim, readJson } from './durable.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-durable-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const dead = (): string => JSON.stringify({ type: 'process', pid: spawnSync('true').pid, startTime: '1', bootId: 'x' });

describe('a claim', () => {
  it('goes to one of many who try at once, and says whose it is', async () => {
    const file = join(dir, 'lock');
    const won = await Promise.all(Array.from({ length: 6 }, () => claim(file, { by: 'me' })));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readJson(file)).toEqual({ ...identityOf(process.pid), by: 'me' });
    expect(await readdir(dir)).toEqual(['lock']);
  });

  it('of a dead process goes to one of many who try at once', async () => {
    const file = join(dir, 'lock');
    await writeFile(file, dead());
    const won = await Promise.all(Array.from({ length: 6 }, () => claim(file)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readdir(dir)).toEqual(['lock']);
  });
});
