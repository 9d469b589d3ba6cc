import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTargetFolder } from '../../test/support/target-folder.ts';
import { builtin } from '../builtin.ts';
import { describeError } from '../core/error.ts';
import { parseTarget } from '../targets/load.ts';
import { checkPrograms } from './control-programs.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-programs-'));
  writeFileSync(join(dir, 'control'), '#!/bin/sh\n');
  chmodSync(join(dir, 'control'), 0o755);
  writeFileSync(join(dir, 'notes'), '');
  mkdirSync(join(dir, 'folder'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const fileWith = (control: string): string => `environment: staging
services:
  redis-sentinel:
    kind: redis-sentinel
    sentinels: [127.0.0.1:1]
    control:
      by: command
${control.replaceAll(/^/gm, '      ')}
`;

function refusal(control: string): string | undefined {
  try {
    checkPrograms(parseTarget(fileWith(control), 't.target.yaml', builtin), { PATH: dir });
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

describe('a program of control in a target file', () => {
  it('is there, by its path or by its name on PATH; a word in it stands for many', () => {
    const all = `kill: [${dir}/control, kill]\nstart: [control]\nstop: [[control, a], ["/opt/{node}/stop"]]`;
    expect(refusal(`${all}\nstatus: { run: [${dir}/control], gone: gone }`)).toBeUndefined();
  });

  it('that is not there, or may not be executed, is told at its place, with all others', () => {
    const wrong = `kill: [${dir}/controll, kill]
stop: [[control], [${dir}/notes]]
start: [kubectll]
status: { run: [${dir}/folder], gone: gone }`;
    expect(refusal(wrong)?.split('\n')).toEqual([
      'what is to control the nodes is not here:',
      `t.target.yaml:8:14: the program for kill does not exist: ${dir}/controll`,
      `t.target.yaml:9:26: the program for stop may not be executed: ${dir}/notes`,
      't.target.yaml:10:15: the program for start is not on PATH: kubectll',
      `t.target.yaml:11:23: the program for status is no file: ${dir}/folder`,
      '  → Mend the path in the target file, or install the program; nothing has been done.',
    ]);
  });

  it.each(['run', 'plan'])('is asked for by %s before anybody is', async (command) => {
    const control = { by: 'command', kill: ['/no/such/program'], start: ['true'] };
    const service = { kind: 'redis-sentinel', sentinels: ['127.0.0.1:1'], control };
    using folder = makeTargetFolder({ t: { environment: 'staging', services: { 'redis-sentinel': service } } });
    expect(await folder.call(command, 'redis-primary-kill', '--target', 't')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/t\.target\.yaml:1:\d+: the program for kill does not exist: \/no\/such\/program/),
    });
  });
});
