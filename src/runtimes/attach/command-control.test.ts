import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandControl } from '../../core/control.ts';
import { type CommandedNodes, commandedNodes } from './command-control.ts';

const script = fileURLToPath(new URL('../../../test/support/controlled-process.ts', import.meta.url));
const call = (act: string): string[] => [process.execPath, script, act, '{dir}/{node}'];
const control: CommandControl = {
  by: 'command',
  kill: [call('kill')],
  start: [call('start')],
  pause: [call('pause')],
  resume: [call('resume')],
  status: { run: call('status'), gone: '^gone', paused: '^paused' },
  timeout: 10_000,
  words: {},
};

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-control-'));
});
afterEach(async () => {
  const { lifecycle } = open();
  await lifecycle?.kill('redis-1');
  await rm(dir, { recursive: true });
});

function open(over: Partial<CommandControl> = {}): CommandedNodes {
  return commandedNodes({ ...control, ...over }, (node) => ({
    node,
    words: { node, dir, host: '127.0.0.1', port: '1' },
    answers: async () => false,
  }));
}

describe('nodes that are controlled by commands', () => {
  it('are killed, started as another, suspended and let go on, each seen by their status', async () => {
    const { lifecycle, pausing } = open();
    expect(await lifecycle?.status('redis-1')).toEqual({ state: 'gone', identity: undefined });
    const first = await lifecycle?.start('redis-1');
    expect(first).toEqual({ type: 'told', said: expect.stringMatching(/^running \d+ \d+$/) });
    expect(await lifecycle?.start('redis-1')).toEqual(first);
    await pausing?.pause('redis-1');
    expect(await lifecycle?.status('redis-1')).toMatchObject({ state: 'paused' });
    await pausing?.resume('redis-1');
    await pausing?.resume('redis-1');
    expect(await lifecycle?.status('redis-1')).toEqual({ state: 'running', identity: first });
    await lifecycle?.kill('redis-1');
    await lifecycle?.kill('redis-1');
    expect(await lifecycle?.status('redis-1')).toEqual({ state: 'gone', identity: undefined });
    expect(await lifecycle?.start('redis-1')).not.toEqual(first);
  });

  it('are not said to be gone when the way to them fails', async () => {
    const { lifecycle } = open({ status: { run: call('fails'), gone: '^gone' } });
    await expect(lifecycle?.status('redis-1')).rejects.toMatchObject({
      code: 'TOOL_BROKEN',
      message: 'its command for status failed: ssh: no route to host',
    });
  });

  it('had nothing done to them when a command exits with 0 and does nothing', async () => {
    await open().lifecycle?.start('redis-1');
    const { lifecycle } = open({ kill: [['true']], timeout: 4000 });
    await expect(lifecycle?.kill('redis-1')).rejects.toMatchObject({ code: 'CLUSTER_FAILED', at: 'redis-1' });
  });

  it('are left alone where a word is not known, or an act is not said', async () => {
    const unknown = open({ start: [['touch', '{dir}/{unit}']] });
    await expect(unknown.lifecycle?.start('redis-1')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('{unit}'),
    });
    await expect(readFile(join(dir, '{unit}'))).rejects.toMatchObject({ code: 'ENOENT' });
    const { lifecycle } = open();
    await lifecycle?.start('redis-1');
    await expect(lifecycle?.stop('redis-1', 1000)).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
  });

  it('cannot be suspended where nobody could tell, nor killed where nobody says how to start them', () => {
    expect(open({ status: { run: ['true'], gone: 'x' } }).pausing).toBeUndefined();
    const { start: _, ...endless } = control;
    expect(
      commandedNodes(endless, () => {
        throw new Error('nobody is asked');
      }).lifecycle,
    ).toBeUndefined();
  });
});
