// `npm run image [-- --base <image>] [-- --tag <name>]`: an image of Firedrill itself, from what is here and in npm's cache.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePublishable } from './publishable.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface ImageOptions {
  /** What it stands on: an image with glibc. Default: that of the Dockerfile. */
  readonly base?: string | undefined;
  readonly tag?: string | undefined;
}

/** Builds it with the engine that answers. Throws when a step fails; what the step said is printed. Returns its tag. */
export function buildImage({ base, tag = `firedrill:${versionHere()}` }: ImageOptions = {}): string {
  const context = mkdtempSync(join(tmpdir(), 'firedrill-image-'));
  try {
    makePublishable(context);
    install(context);
    const node = join(context, 'node/bin');
    mkdirSync(node, { recursive: true });
    cpSync(process.execPath, join(node, 'node'));
    const on = base === undefined ? [] : ['--build-arg', `BASE=${base}`];
    call('docker', ['build', '--quiet', ...on, '--tag', tag, '--file', join(root, 'Dockerfile'), context], context);
    return tag;
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** By the lockfile of the repository, without what only developers need. No script of a dependency is run. */
function install(folder: string): void {
  const published = readFileSync(join(folder, 'package.json'));
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(folder, name));
  call('npm', ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  writeFileSync(join(folder, 'package.json'), published);
}

function call(command: string, argv: readonly string[], cwd: string): void {
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  execFileSync(command, argv, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, PATH: path } });
}

function versionHere(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { base: { type: 'string' }, tag: { type: 'string' } } });
  process.stdout.write(`${buildImage(values)}\n`);
}
