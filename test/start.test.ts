import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/** What a command says whose cache is there. */
function list(cache: string): unknown {
  return spawnSync(process.execPath, ['bin/firedrill.js', 'list'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, FIREDRILL_CACHE: cache },
  });
}

it('a start keeps what was compiled beside the toolchain, and does without where it cannot', () => {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-start-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  expect(list(join(dir, 'cache'))).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(dir, 'cache', 'compiled'))).toHaveLength(1);
  writeFileSync(join(dir, 'file'), '');
  expect(list(join(dir, 'file', 'cache'))).toMatchObject({ status: 0, stderr: '' });
});

it('a command loads no library that takes long and that it does not need', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => {
      const [, name] = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    } });
    process.argv[1] = 'firedrill';
    const { main } = await import('./src/cli/main.ts');
    process.exitCode = await main(['validate', 'redis-primary-kill']);
    process.stderr.write(JSON.stringify([...loaded].sort()));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '1 drill, 0 mistakes, 0 warnings\n' });
  const loaded = JSON.parse(stderr) as readonly string[];
  expect(loaded).toEqual(expect.arrayContaining(['zod', 'yaml', 'commander']));
  const slow = ['@platformatic/kafka', 'kafkajs', 'dockerode', 'testcontainers'];
  expect(loaded.filter((name) => slow.includes(name))).toEqual([]);
});
