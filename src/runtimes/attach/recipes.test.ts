// The recipes of docs/your-own-cluster.md, as they stand there, against what answers like systemctl over ssh and like kubectl.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CommandControl, controlSchema } from '../../core/control.ts';
import { commandedNodes } from './command-control.ts';

const script = resolve('test/support/recorded-control.ts');
const recipes = [...readFileSync('docs/your-own-cluster.md', 'utf8').matchAll(/```yaml\n( +control:\n[\s\S]*?)```/g)]
  .map(([, text = '']) => controlSchema.parse((parse(text) as { readonly control: unknown }).control))
  .filter((control) => control.by === 'command');
const [systemd, kubectl] = recipes;

let dir: string;
let path: string | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-recipes-'));
  mkdirSync(join(dir, 'bin'));
  for (const name of ['ssh', 'kubectl']) {
    const program = join(dir, 'bin', name);
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$0" "$@"\n`);
    chmodSync(program, 0o755);
  }
  path = process.env['PATH'];
  process.env['PATH'] = `${join(dir, 'bin')}:${path}`;
  process.env['RECORDED_DIR'] = dir;
});
afterEach(async () => {
  await nodes(systemd).lifecycle?.kill('redis-1');
  process.env['PATH'] = path;
  delete process.env['RECORDED_DIR'];
  rmSync(dir, { recursive: true });
});

function nodes(control: CommandControl | undefined) {
  if (control === undefined) throw new Error('the recipe is not in the docs');
  return commandedNodes(control, (node) => ({
    node,
    words: {
      host: 'redis-a',
      port: '6379',
      node,
      role: 'redis',
      ...control.words['redis'],
      ...control.words['redis-0.redis:6379'],
    },
    answers: async () => true,
  }));
}

function calls(): readonly (readonly string[])[] {
  const lines = readFileSync(join(dir, 'calls'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as string[]);
}

describe('the recipe of systemd over ssh', () => {
  it('masks the unit before it kills it, so that it stays away, and starts it as another process', async () => {
    const { lifecycle } = nodes(systemd);
    const first = await lifecycle?.start('redis-1');
    expect(first).toMatchObject({ said: expect.stringMatching(/^MainPID=\d+ ExecMainStartTimestampMonotonic=\d+$/) });
    await lifecycle?.kill('redis-1');
    expect((await lifecycle?.status('redis-1'))?.state).toBe('gone');
    expect(await lifecycle?.start('redis-1')).not.toEqual(first);
    const words = calls().map((call) => call.slice(1).join(' '));
    expect(words).toContain('redis-a sudo systemctl mask --runtime redis-server');
    expect(words).toContain('redis-a sudo systemctl kill --signal KILL redis-server');
  });

  it('offers no pause: what it prints is the same for a process that is suspended', () => {
    expect(nodes(systemd).pausing).toBeUndefined();
  });
});

describe('the recipe of kubectl', () => {
  it('deletes the pod, sees that it is gone, and waits until there is another', async () => {
    const { lifecycle } = nodes(kubectl);
    const first = await lifecycle?.start('redis-1');
    await lifecycle?.kill('redis-1');
    expect(await lifecycle?.status('redis-1')).toEqual({ state: 'gone', identity: undefined });
    expect(await lifecycle?.start('redis-1')).not.toEqual(first);
    expect(calls()).toContainEqual([
      'kubectl',
      'delete',
      'pod',
      'redis-0',
      '--grace-period=0',
      '--force',
      '--wait=false',
    ]);
  });

  it('sends signals by an exec whose script is one argument', async () => {
    if (kubectl?.pause === undefined) throw new Error('no pause in the recipe');
    await nodes(kubectl).lifecycle?.start('redis-1');
    await nodes({
      ...kubectl,
      status: { run: ['kubectl', 'get', 'pod', '{pod}'], gone: 'NotFound', paused: 'Running' },
    }).pausing?.pause('redis-1');
    expect(calls()).toContainEqual(['kubectl', 'exec', 'redis-0', '--', 'sh', '-c', 'kill -STOP 1']);
  });
});
