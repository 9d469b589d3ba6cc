import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { findOnPath, runCommand, runStep } from './command.ts';
import type { ToolContext } from './recipe.ts';

export interface Unpacked {
  /** Where the packages' files are, as if it were `/`. */
  readonly root: string;
  /** Each package's file name and SHA-256. apt has checked it against the signed index. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Why packages cannot be unpacked here, or undefined if they can. */
export function whyNoPackages(cx: ToolContext): string | undefined {
  const missing = ['apt-get', 'dpkg', 'dpkg-query'].filter((name) => findOnPath(name, cx.env) === undefined);
  return missing.length === 0 ? undefined : `this system has no ${missing.join(', no ')}`;
}

/**
 * Downloads the packages and what they depend on and this system does not have, and unpacks them under `workDir`.
 * Changes nothing outside of it and needs no root: apt gets state, lists and cache of its own; the sources and keys
 * are the system's. Throws a DrillError with the last lines of the step that failed.
 */
export async function unpackPackages(
  cx: ToolContext,
  tool: string,
  packages: readonly string[],
  workDir: string,
): Promise<Unpacked> {
  const config = await writeAptConfig(workDir);
  const step = { env: { ...cx.env, LC_ALL: 'C' }, signal: cx.signal, timeoutMs: 300_000 };
  cx.onProgress(`${tool}: reading the distribution's package lists`);
  // A third party's source that does not answer fails the update, though not what we need of the others.
  const update = await runCommand(['apt-get', '-c', config, 'update'], step);
  const failures = update.output.split('\n').filter((line) => /^[EW]:/.test(line));
  try {
    const names = await missingPackages(cx, config, packages);
    cx.onProgress(`${tool}: downloading ${names.join(' ')}`);
    const archives = join(workDir, 'archives');
    await mkdir(archives);
    await runStep(['apt-get', '-c', config, 'download', ...names], {
      ...step,
      step: 'apt-get download',
      cwd: archives,
    });
    return await unpackAll(archives, join(workDir, 'root'), step);
  } catch (error) {
    if (failures.length === 0 || !(error instanceof DrillError) || error.code === 'INTERRUPTED') throw error;
    throw new DrillError(
      error.code,
      `${error.message}; before that apt-get update said: ${failures.slice(-3).join(' | ')}`,
    );
  }
}

/** Which of the packages' dependencies are not installed; `packages` themselves always count as missing. */
async function missingPackages(cx: ToolContext, config: string, packages: readonly string[]): Promise<string[]> {
  const systemStatus = '/var/lib/dpkg/status';
  const solved = await solve(cx, config, systemStatus, packages);
  if (solved.names !== undefined) return [...new Set([...packages, ...solved.names])].sort();
  // A system with broken or held packages refuses every plan. Plan for an empty one and leave out what is there.
  const emptyStatus = join(dirname(config), 'empty-status');
  await writeFile(emptyStatus, '');
  const whole = await solve(cx, config, emptyStatus, packages);
  if (whole.names === undefined) throw new DrillError('TOOL_BROKEN', `apt-get cannot plan it: ${whole.why}`);
  const installed = await installedPackages(cx);
  return whole.names.filter((name) => packages.includes(name) || !installed.has(name)).sort();
}

async function solve(
  cx: ToolContext,
  config: string,
  status: string,
  packages: readonly string[],
): Promise<{ readonly names: readonly string[] | undefined; readonly why: string }> {
  const options = [
    '-c',
    config,
    '-o',
    `Dir::State::status=${status}`,
    '--no-install-recommends',
    '--print-uris',
    '-qq',
  ];
  const { code, output, stdout } = await runCommand(['apt-get', ...options, 'install', ...packages], {
    env: { ...cx.env, LC_ALL: 'C' },
    signal: cx.signal,
    timeoutMs: 60_000,
  });
  // 'http://…/redis-tools_7.0.15-1_amd64.deb' redis-tools_5%3a7.0.15-1_amd64.deb 991988 SHA256:…
  const names = [...stdout.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map(([, name]) => name ?? '');
  const why = output
    .split('\n')
    .filter((line) => /^E:|Depends:/.test(line))
    .join(' | ');
  return { names: code === 0 ? names : undefined, why };
}

async function installedPackages(cx: ToolContext): Promise<Set<string>> {
  const format = '-f=${Package} ${db:Status-Status}\\n';
  const text = await runStep(['dpkg-query', '-W', format], { step: 'dpkg-query', env: cx.env, signal: cx.signal });
  const lines = text.split('\n').map((line) => line.split(' '));
  return new Set(lines.filter(([, state]) => state === 'installed').map(([name]) => name ?? ''));
}

async function unpackAll(
  archives: string,
  root: string,
  step: { readonly env: ToolContext['env']; readonly signal: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<Unpacked> {
  const sources: Record<string, string> = {};
  for (const name of (await readdir(archives)).filter((file) => file.endsWith('.deb')).sort()) {
    const archive = join(archives, name);
    sources[name] = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    await runStep(['dpkg', '-x', archive, root], { ...step, step: `dpkg -x ${name}` });
  }
  return { root, sources };
}

/** The system's hooks are cleared: Debian's container images have one that deletes the system's own archives. */
async function writeAptConfig(workDir: string): Promise<string> {
  const state = join(workDir, 'apt');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
  const config = join(workDir, 'apt.conf');
  const hooks = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'];
  const lines = [
    ...hooks.map((hook) => `#clear ${hook};`),
    `Dir::State "${state}";`,
    `Dir::State::Lists "${join(state, 'lists')}";`,
    'Dir::State::status "/var/lib/dpkg/status";',
    `Dir::Cache "${join(state, 'cache')}";`,
    // apt's own user cannot reach a directory under a private home.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  return config;
}

/**
 * Copies the shared libraries of `program` that are under `root` and not on this system into `into`, by the name that
 * the program asks for. Throws if one is neither here nor there.
 */
export async function collectLibraries(cx: ToolContext, program: string, root: string, into: string): Promise<void> {
  const directories = await libraryDirectories(root);
  const env = { ...cx.env, LD_LIBRARY_PATH: directories.join(':') };
  const text = await runStep(['ldd', program], { step: `ldd ${basename(program)}`, env, signal: cx.signal });
  const missing = [...text.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name ?? '');
  if (missing.length > 0) throw new DrillError('TOOL_BROKEN', `no package brought ${missing.join(', ')}`);
  await mkdir(into, { recursive: true });
  for (const [, name = '', path = ''] of text.matchAll(/^\s*(\S+) => (\S+) \(/gm)) {
    if (path.startsWith(`${root}/`)) await copyFile(path, join(into, name));
  }
}

async function libraryDirectories(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const libraries = entries.filter((entry) => /\.so(\.|$)/.test(entry.name));
  return [...new Set(libraries.map((entry) => entry.parentPath))].sort();
}
