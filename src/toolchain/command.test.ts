import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findOnPath, lastLines, runCommand, runStep } from './command.ts';

const env = process.env;

/** A shell that starts a child which ignores its parent's end, and says the child's pid. */
const stubborn = ['sh', '-c', 'sleep 60 & echo $!; wait'] as const;

describe('runCommand', () => {
  it('gives back code and output', async () => {
    const lines: string[] = [];
    const argv = ['sh', '-c', 'echo out; echo err >&2; printf a; printf b; exit 3'] as const;
    const result = await runCommand(argv, { env, onLine: (line) => lines.push(line) });
    expect(result).toMatchObject({ code: 3, stdout: 'out\nab' });
    expect(result.output).toContain('err\n');
    expect(lines.sort()).toEqual(['ab', 'err', 'out']);
  });

  it('says that a program is not there', async () => {
    const result = await runCommand(['/no/such/program'], { env });
    expect(result).toMatchObject({ code: undefined, pid: undefined, output: 'spawn /no/such/program ENOENT' });
  });

  it('kills what takes too long, with its children', async () => {
    const result = await runCommand(stubborn, { env, timeoutMs: 200 });
    expect(result).toMatchObject({ code: undefined, output: expect.stringContaining('no end after 200 ms') as string });
    await expect.poll(() => isRunning(Number(result.stdout))).toBe(false);
  });

  it('is interrupted by the signal, with its children', async () => {
    const abort = new AbortController();
    const child = Promise.withResolvers<number>();
    const running = runCommand(stubborn, { env, signal: abort.signal, onLine: (line) => child.resolve(Number(line)) });
    const pid = await child.promise;
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect.poll(() => isRunning(pid)).toBe(false);
    await expect(runCommand(['true'], { env, signal: abort.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('runStep', () => {
  it('ends its error with the last lines', async () => {
    const failing = runStep(['sh', '-c', 'seq 9; exit 2'], { env, step: 'counting' });
    await expect(failing).rejects.toThrow('counting failed (exit code 2): 6 | 7 | 8 | 9');
  });
});

describe('lastLines', () => {
  it('says so when there are none', () => {
    expect(lastLines(' \n\n')).toBe('it printed nothing');
  });
});

describe('findOnPath', () => {
  it('takes the first file that can be executed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'firedrill-path-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const [notExecutable, aDirectory, program] = ['a', 'b', 'c'].map((name) => join(directory, name, 'tool'));
    await mkdir(join(directory, 'a'));
    await mkdir(join(directory, 'b', 'tool'), { recursive: true });
    await mkdir(join(directory, 'c'));
    await writeFile(notExecutable ?? '', '');
    await writeFile(program ?? '', '');
    await chmod(program ?? '', 0o755);
    expect(aDirectory).toBeDefined();
    expect(findOnPath('tool', { PATH: `:/no/such:${directory}/a:${directory}/b:${directory}/c` })).toBe(program);
    expect(findOnPath('tool', { PATH: `${directory}/a` })).toBeUndefined();
    expect(findOnPath('tool', {})).toBeUndefined();
  });
});

/** A zombie does not run: in a container, there may be nobody to reap it. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
