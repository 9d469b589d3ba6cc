import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { hashFile } from './cache.ts';
import { findOnPath, runCommand, runStep } from './command.ts';
import type { ToolContext } from './recipe.ts';

export interface UnpackOptions {
  /** For whom, in progress lines. */
  readonly tool: string;
  readonly packages: readonly string[];
  /** Everything that is written goes in here. */
  readonly workDir: string;
}

export interface Unpacked {
  /** Where the packages' files are, as if it were `/`. */
  readonly root: string;
  /** Each package's file name and SHA-256. apt has checked it against the signed index. */
  readonly sources: Readonly<Record<string, string>>;
}

/** An apt with state, lists and cache of its own, and the system's sources and keys. */
interface Apt {
  readonly cx: ToolContext;
  readonly config: string;
  readonly workDir: string;
  /** What dpkg knows to be installed. */
  readonly status: string;
}

/** Why packages cannot be unpacked here, or undefined if they can. */
export function whyNoPackages(cx: ToolContext): string | undefined {
  const missing = ['apt-get', 'dpkg', 'dpkg-query'].filter((name) => findOnPath(name, cx.env) === undefined);
  return missing.length === 0 ? undefined : `no ${missing.join(', no ')} on PATH to unpack packages with`;
}

/**
 * Downloads the packages, and what they depend on and this system does not have, and unpacks them under `workDir`.
 * Changes nothing outside of it and needs no root. Throws a DrillError with the last lines of the step that failed.
 */
export async function unpackPackages(cx: ToolContext, options: UnpackOptions): Promise<Unpacked> {
  const { tool, packages, workDir } = options;
  const apt = await openApt(cx, workDir);
  cx.onProgress(`${tool}: reading the distribution's package lists`);
  const complaints = await updateLists(apt);
  try {
    const names = await missingPackages(apt, packages);
    cx.onProgress(`${tool}: downloading ${names.join(' ')}`);
    const archives = join(workDir, 'archives');
    await mkdir(archives);
    await runStep(['apt-get', '-c', apt.config, 'download', ...names], {
      ...commandOptions(apt),
      step: 'apt-get download',
      cwd: archives,
    });
    return await unpackArchives(apt, archives);
  } catch (error) {
    if (complaints.length === 0 || !(error instanceof DrillError) || error.code === 'INTERRUPTED') throw error;
    throw new DrillError(
      error.code,
      `${error.message}; before that, apt-get update: ${complaints.slice(-3).join(' | ')}`,
    );
  }
}

async function openApt(cx: ToolContext, workDir: string): Promise<Apt> {
  const state = join(workDir, 'apt');
  const config = join(workDir, 'apt.conf');
  const status = join(cx.env['DPKG_ADMINDIR'] ?? '/var/lib/dpkg', 'status');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
  // Debian's container images have a hook that deletes the system's own archives.
  const hooks = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'];
  const lines = [
    ...hooks.map((hook) => `#clear ${hook};`),
    `Dir::State "${state}";`,
    `Dir::State::Lists "${join(state, 'lists')}";`,
    `Dir::State::status "${status}";`,
    `Dir::Cache "${join(state, 'cache')}";`,
    // apt's own user cannot reach a directory under a private home.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  return { cx, config, workDir, status };
}

/** A third party's source that does not answer fails the update, though not what is needed of the others. */
async function updateLists(apt: Apt): Promise<string[]> {
  const { output } = await runCommand(['apt-get', '-c', apt.config, 'update'], commandOptions(apt));
  return output.split('\n').filter((line) => /^[EW]:/.test(line));
}

/** `packages`, and those of their dependencies that are not installed: the names differ from release to release. */
async function missingPackages(apt: Apt, packages: readonly string[]): Promise<string[]> {
  const plan = await planInstall(apt, packages);
  if (typeof plan !== 'string') return [...new Set([...packages, ...plan])].sort();
  // A system with broken or held packages refuses every plan. Plan for an empty one, and leave out what is there.
  const status = join(apt.workDir, 'empty-status');
  await writeFile(status, '');
  const whole = await planInstall({ ...apt, status }, packages);
  if (typeof whole === 'string') throw new DrillError('TOOL_BROKEN', `apt-get cannot plan it: ${whole}`);
  const installed = await installedPackages(apt);
  return whole.filter((name) => packages.includes(name) || !installed.has(name)).sort();
}

/** The packages that an install would bring, or why there can be none. */
async function planInstall(apt: Apt, packages: readonly string[]): Promise<string[] | string> {
  const options = ['-c', apt.config, '-o', `Dir::State::status=${apt.status}`, '--no-install-recommends', '-qq'];
  const argv = ['apt-get', ...options, '--print-uris', 'install', ...packages] as const;
  const { code, output, stdout } = await runCommand(argv, commandOptions(apt));
  // 'http://…/redis-tools_7.0.15-1_amd64.deb' redis-tools_5%3a7.0.15-1_amd64.deb 991988 SHA256:…
  if (code === 0) return [...stdout.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map(([, name]) => name ?? '');
  const lines = output.split('\n').map((line) => line.trim());
  return lines.filter((line) => /^E:|Depends:/.test(line)).join(' | ') || 'no reason given';
}

async function installedPackages(apt: Apt): Promise<Set<string>> {
  const text = await runStep(['dpkg-query', '-W', '-f', `\${Package} \${db:Status-Status}\\n`], {
    ...commandOptions(apt),
    step: 'dpkg-query',
  });
  const lines = text.split('\n').map((line) => line.split(' '));
  return new Set(lines.filter(([, state]) => state === 'installed').map(([name]) => name ?? ''));
}

async function unpackArchives(apt: Apt, archives: string): Promise<Unpacked> {
  const root = join(apt.workDir, 'root');
  const sources: Record<string, string> = {};
  for (const name of (await readdir(archives)).filter((file) => file.endsWith('.deb')).sort()) {
    const archive = join(archives, name);
    sources[name] = await hashFile(archive);
    await runStep(['dpkg', '-x', archive, root], { ...commandOptions(apt), step: `dpkg -x ${name}` });
  }
  return { root, sources };
}

/** What apt says is read, so it has to say it in English. */
function commandOptions({ cx }: Apt): { env: ToolContext['env']; signal: AbortSignal | undefined; timeoutMs: number } {
  return { env: { ...cx.env, LC_ALL: 'C' }, signal: cx.signal, timeoutMs: 300_000 };
}
