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
