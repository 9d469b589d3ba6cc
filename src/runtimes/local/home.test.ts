import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterSpec } from '../../core/cluster.ts';
import { temporaryDirectory } from '../../core/temporary-directory.ts';
import { newDirectory, removeDirectory } from '../own/directory.ts';
import { fillIn, homeOf, withAddresses } from './home.ts';

describe('a node’s home', () => {
  it('is filled in where a config file asks for it, and nowhere else', () => {
    const home = homeOf('/d', 'redis-1');
    expect(fillIn('bind {bind}\ndir {data}\nrename {other} {log}', home, { bind: '127.64.0.1', role: 'redis' })).toBe(
      'bind 127.64.0.1\ndir /d/redis-1/data\nrename {other} {log}',
    );
    expect(fillIn('{config}/a {hosts} {role}.jsa', home, { bind: '', role: 'broker' })).toBe(
      '/d/redis-1/config/a /d/redis-1/hosts broker.jsa',
    );
  });

  it('is removed only where it was made', async () => {
    const directory = newDirectory('run-1');
    onTestFinished(() => removeDirectory(directory, 'run-1'));
    expect(directory.startsWith(join(temporaryDirectory(), 'firedrill-run-1-'))).toBe(true);
    await mkdir(join(directory, 'redis-1'), { recursive: true });
    await expect(removeDirectory(directory, 'run-2')).rejects.toThrow('left alone');
    await expect(removeDirectory(temporaryDirectory(), 'run-1')).rejects.toThrow('left alone');
    expect((await stat(directory)).isDirectory()).toBe(true);
  });
});

describe('names as addresses', () => {
  const nodes = ['redis-1', 'redis-10', 'sentinel-1'].map((name) => ({ name }));
  const rewrite = (text: string): string =>
    withAddresses(text, { nodes } as unknown as ClusterSpec, (node) => `<${node}>`);

  it('are whole names only', () => {
    expect(rewrite('replicaof redis-1 6301')).toBe('replicaof <redis-1> 6301');
    expect(rewrite('redis-10,redis-1:6301 (sentinel-1)')).toBe('<redis-10>,<redis-1>:6301 (<sentinel-1>)');
    expect(rewrite('my-redis-1 redis-1-old redis-11 {config}/redis.conf')).toBe(
      'my-redis-1 redis-1-old redis-11 {config}/redis.conf',
    );
  });
});
