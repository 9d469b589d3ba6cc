import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const pretendToBeOld = `data:text/javascript,${encodeURIComponent(
  "if (!process.env.SECOND) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });" +
    "process.env.SECOND = 'yes';",
)}`;
const cli = `export async function start(argv: readonly string[]): Promise<number> {
  console.log(argv.join(' '));
  return 42;
}`;

let root: string;

function write(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

function launch(...nodeOptions: string[]) {
  const child = spawnSync(process.execPath, [...nodeOptions, 'bin/firedrill.js', 'run', '--seed', '7'], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

function pinNode(): void {
  const bin = join(root, `node_modules/node-${process.platform}-${process.arch}/bin`);
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'firedrill-launcher-'));
  cpSync('bin', join(root, 'bin'), { recursive: true });
  write('package.json', '{ "type": "module" }');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the launcher', () => {
  it('runs the source in the repository and passes arguments and exit code on', () => {
    write('src/cli/start.ts', cli);
    expect(launch()).toEqual({ code: 42, out: 'run --seed 7\n', err: '' });
  });

  it('runs the build where there is no source', () => {
    write('dist/cli/start.js', cli.replace(': readonly string[]', '').replace(': Promise<number>', ''));
    expect(launch()).toEqual({ code: 42, out: 'run --seed 7\n', err: '' });
  });

  it('on an old Node starts again with the pinned one', () => {
    write('src/cli/start.ts', cli);
    pinNode();
    expect(launch('--import', pretendToBeOld)).toEqual({ code: 42, out: 'run --seed 7\n', err: '' });
  });

  it('says what undoes a run whose process was killed', () => {
    write(
      'src/cli/start.ts',
      "export function start() { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); }",
    );
    pinNode();
    const { code, err } = launch('--import', pretendToBeOld);
    expect(code).toBe(128 + 9);
    expect(err).toMatch(
      /^firedrill: ended by SIGKILL, with nothing undone\.\n {2}→ `.* rollback` undoes what a run has left\.\n$/,
    );
  });

  it('on an old Node without the pinned one says what to do, and exits with 2', () => {
    write('src/cli/start.ts', cli);
    const { code, out, err } = launch('--import', pretendToBeOld);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^firedrill: this is Node 20\.20\.2, .* needs Node 24 or newer\. .*npm ci.*\n$/);
  });

  it('shows an error that the command line did not catch, and exits with 6', () => {
    write('src/cli/start.ts', "export async function start(): Promise<number> { throw new Error('burnt'); }");
    const { code, err } = launch();
    expect(code).toBe(6);
    expect(err).toContain('firedrill: Error: burnt');
  });
});
