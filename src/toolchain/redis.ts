import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { askVersion, findOnPath, lastLines } from './command.ts';
import { unpackPackages, whyNoPackages } from './debian.ts';
import { collectLibraries } from './libraries.ts';
import { installCommand } from './platform.ts';
import type { Made, NotFound, Program, ToolContext, ToolRecipe } from './recipe.ts';

const oldest = '7.0';
const packagesRedis6 = /^(debian-1[01]|ubuntu-2[0-2]\.)/;

/** redis-server is a link into redis-tools, so both are needed, also where the latter is installed. */
const packages = ['redis-server', 'redis-tools'];
const programs = ['usr/bin/redis-server', 'usr/bin/redis-cli'];

/** `redis-server`, which is Sentinel too (`--sentinel`): from PATH, or out of the distribution's packages. */
export const redis: ToolRecipe = {
  name: 'redis-server',
  find,
  cacheKey: ({ platform }) => `${platform.release}-${platform.arch}`,
  whyNotMade: whyNoPackages,
  make,
  inspect,
  mend: ({ platform }) =>
    installCommand(platform, {
      ...(packagesRedis6.test(platform.release) ? {} : { apt: 'redis-server' }),
      dnf: 'redis',
      pacman: 'redis',
      apk: 'redis',
      zypper: 'redis',
      brew: 'redis',
      none: `install Redis ${oldest} or newer (https://redis.io/downloads) and put redis-server on PATH`,
    }),
};

async function find(cx: ToolContext): Promise<Program | NotFound> {
  const path = findOnPath('redis-server', cx.env);
  return path === undefined ? { why: 'no redis-server on PATH' } : inspect(cx, path);
}

async function inspect(cx: ToolContext, path: string, env?: Record<string, string>): Promise<Program | NotFound> {
  const result = await askVersion([path, '--version'], { env: { ...cx.env, ...env }, signal: cx.signal });
  const version = /\bv=(\d+\.\d+\.\d+)/.exec(result.output)?.[1];
  if (result.code !== 0 || version === undefined)
    return { why: `${path} does not run: ${lastLines(result.output)}`, broken: true };
  if (!isRecent(version)) return { why: `${path} is version ${version}, and ${oldest} or newer is needed` };
  return env === undefined ? { path, version } : { path, version, env };
}

function isRecent(version: string): boolean {
  return version.localeCompare(oldest, 'en', { numeric: true }) >= 0;
}

async function make(cx: ToolContext, directory: string): Promise<Made> {
  const workDir = await mkdtemp(join(directory, 'unpack-'));
  const { root, sources } = await unpackPackages(cx, { tool: 'redis-server', packages, workDir });
  await mkdir(join(directory, 'bin'));
  await collectLibraries(cx, {
    programs: programs.map((name) => join(root, name)),
    root,
    into: join(directory, 'lib'),
  });
  for (const name of programs) await copyFile(join(root, name), join(directory, 'bin', basename(name)));
  await rm(workDir, { recursive: true });
  return { path: 'bin/redis-server', libraries: 'lib', sources };
}
