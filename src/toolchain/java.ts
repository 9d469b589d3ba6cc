import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { askVersion, findOnPath, lastLines } from './command.ts';
import { unpackPackages, whyNoPackages } from './debian.ts';
import { collectLibraries } from './libraries.ts';
import { installCommand, type Platform } from './platform.ts';
import { isFound, type Made, type NotFound, type Program, type ToolContext, type ToolRecipe } from './recipe.ts';
import { createTrustStore } from './trust-store.ts';

const oldest = 17;

/** Releases that package Java 17; later ones have 21. */
const has17 = /^(debian-1[12]$|ubuntu-2[0-4]\.)/;

/** A Java runtime: JAVA_HOME, PATH, or out of the distribution's packages. */
export const java: ToolRecipe = {
  name: 'java',
  find,
  cacheKey: ({ platform }) => `${platform.release}-${platform.arch}`,
  whyNotMade: whyNoPackages,
  make,
  inspect,
  mend: ({ platform }) =>
    installCommand(platform, {
      apt: packageOf(platform),
      dnf: 'java-latest-openjdk-headless',
      pacman: 'jre-openjdk-headless',
      apk: 'openjdk17-jre-headless',
      zypper: 'java-17-openjdk-headless',
      brew: 'openjdk',
      none: `install Java ${oldest} or newer (https://adoptium.net) and put it on PATH, or set JAVA_HOME`,
    }),
};

function packageOf(platform: Platform): string {
  return has17.test(platform.release) ? 'openjdk-17-jre-headless' : 'openjdk-21-jre-headless';
}

/** What programs that look for Java themselves take as JAVA_HOME. */
export async function javaHome({ path }: Program): Promise<string> {
  return dirname(dirname(await realpath(path)));
}

async function find(cx: ToolContext): Promise<Program | NotFound> {
  const home = cx.env['JAVA_HOME'];
  const candidates = [
    home === undefined ? undefined : findOnPath('java', { PATH: join(home, 'bin') }),
    findOnPath('java', cx.env),
  ];
  const tried: string[] = [];
  for (const path of new Set(candidates)) {
    if (path === undefined) continue;
    const answer = await inspect(cx, path);
    if (isFound(answer)) return answer;
    tried.push(answer.why);
  }
  return { why: tried.join('; ') || 'no java on PATH, and none in JAVA_HOME' };
}

/** The version is that of the very build: what one virtual machine has stored for itself, no other can read. */
async function inspect(cx: ToolContext, path: string, env?: Record<string, string>): Promise<Program | NotFound> {
  const result = await askVersion([path, '-version'], { env: { ...cx.env, ...env }, signal: cx.signal });
  const release = /version "(\d+)[^"]*"/.exec(result.output)?.[1];
  const version = /Runtime Environment.*\(build ([^)\s]+)\)/.exec(result.output)?.[1];
  if (result.code !== 0 || release === undefined || version === undefined) {
    return { why: `${path} does not run: ${lastLines(result.output)}`, broken: true };
  }
  if (Number(release) < oldest) return { why: `${path} is version ${version}, and ${oldest} or newer is needed` };
  return env === undefined ? { path, version } : { path, version, env };
}

async function make(cx: ToolContext, directory: string): Promise<Made> {
  const workDir = await mkdtemp(join(directory, 'unpack-'));
  const { root, sources } = await unpackPackages(cx, { tool: 'java', packages: [packageOf(cx.platform)], workDir });
  const machines = join(root, 'usr/lib/jvm');
  const [name = ''] = (await readdir(machines)).filter((entry) => /^java-\d+-openjdk-[a-z0-9]+$/.test(entry));
  const home = join(directory, 'jre');
  await cp(join(machines, name), home, { recursive: true, verbatimSymlinks: true });
  await bringConfiguration(home, root);
  await mkdir(join(directory, 'lib'));
  const programs = ['bin/java', 'lib/server/libjvm.so', 'lib/libzip.so'].map((file) => join(home, file));
  await collectLibraries(cx, { programs, root, into: join(directory, 'lib') });
  await rm(join(directory, 'lib/libjvm.so'), { force: true });
  await rm(workDir, { recursive: true });
  return { path: 'jre/bin/java', libraries: 'lib', sources };
}

/** Debian's runtime has its configuration under /etc: what links there is replaced by the files themselves. */
async function bringConfiguration(home: string, root: string): Promise<void> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isSymbolicLink())) {
    const path = join(entry.parentPath, entry.name);
    const target = await readlink(path);
    if (!target.startsWith('/') || !existsSync(join(root, target))) continue;
    await rm(path);
    await cp(join(root, target), path, { recursive: true, dereference: true });
  }
  const trusted = join(home, 'lib/security/cacerts');
  if (existsSync(trusted)) return;
  await rm(trusted, { force: true });
  await writeFile(trusted, createTrustStore());
}
