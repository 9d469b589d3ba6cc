// The file system that containers of Kafka and Redis share: Debian's packages, as a layer that is the same byte for byte.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DrillError } from '../../core/error.ts';
import { findOnPath, runCommand, runStep } from '../command.ts';
import type { ToolContext } from '../recipe.ts';

/** 2026-01-01: what is younger than this in a layer is said to be as old. */
export const epochSeconds = 1_767_225_600;

export const debianRelease = 'bookworm';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Redis is of the release, and so is the oldest Java that Kafka runs on. */
const packages = ['openjdk-17-jre-headless', 'redis-server'];

/** Nobody reads a manual in there. */
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/locale/*'];

/** Java's trust store, in which each certificate has the time of its import: all that would differ. No drill uses TLS. */
const removed = 'etc/ssl/certs/java/cacerts';

/** Where packages are fetched from; Debian's own servers where it is not said. A snapshot gives the same image again. */
const mirrorVariable = 'FIREDRILL_DEBIAN_MIRROR';

export const installMmdebstrap = 'sudo apt-get install mmdebstrap debian-archive-keyring';

/** Why it cannot be made here, or undefined if it can. */
export function whyNoRootfs(cx: ToolContext): string | undefined {
  const missing = ['mmdebstrap', 'unshare', 'tar'].filter((name) => findOnPath(name, cx.env) === undefined);
  if (missing.length > 0) return `no ${missing.join(', no ')} on PATH`;
  return existsSync(keyring) ? undefined : `no keys of Debian's packages (${keyring})`;
}

/** What decides what is in it, but for the packages' versions: those are what the release has on the day. */
export function rootfsRecipe(cx: ToolContext): string {
  return [
    debianRelease,
    cx.platform.arch,
    cx.env[mirrorVariable],
    epochSeconds,
    ...packages,
    ...leftOut,
    removed,
  ].join();
}

/** Installs the packages into a new root, and writes it as a layer. Throws TOOL_BROKEN with what mmdebstrap said last. */
export async function makeRootfs(cx: ToolContext, layer: string): Promise<void> {
  const mirror = cx.env[mirrorVariable];
  const options = [
    '--variant=essential',
    '--format=tar',
    `--include=${packages.join()}`,
    // Java's package links its manual pages there.
    `--essential-hook=mkdir -p "$1/usr/share/man/man1"`,
    ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=rm -f "$1/${removed}"`,
  ];
  let root: string | undefined;
  try {
    await runStep([...command(), ...options, debianRelease, layer, ...(mirror ? [mirror] : [])], {
      step: 'mmdebstrap',
      env: { ...cx.env, SOURCE_DATE_EPOCH: String(epochSeconds), LC_ALL: 'C' },
      signal: cx.signal,
      timeoutMs: 1_800_000,
      onLine: (line) => {
        root ??= /^I: using (\/\S+) as tempdir/.exec(line)?.[1];
      },
    });
  } finally {
    if (root !== undefined) await removeRoot(cx, root);
  }
  if ((await stat(layer)).size === 0) throw new DrillError('TOOL_BROKEN', 'mmdebstrap wrote nothing');
}

/** As root it mounts /proc and the like: in a namespace of its own, so that they are gone with it when it is killed. */
function command(): [string, ...string[]] {
  if (process.getuid?.() !== 0) return ['mmdebstrap'];
  return ['unshare', '--mount', '--propagation', 'private', 'mmdebstrap'];
}

/** Of one that was killed, mmdebstrap leaves all it had unpacked. What is mounted in there is not touched. */
async function removeRoot(cx: ToolContext, root: string): Promise<void> {
  await runCommand(['rm', '-rf', '--one-file-system', root], { env: cx.env, timeoutMs: 60_000 });
}

/** Writes a directory as a layer that does not depend on who made it, and when. */
export async function makeLayer(cx: ToolContext, directory: string, layer: string): Promise<void> {
  const same = ['--sort=name', `--mtime=@${epochSeconds}`, '--owner=0', '--group=0', '--numeric-owner'];
  await runStep(['tar', '--format=gnu', ...same, '--mode=u=rwX,go=rX', '-cf', layer, '-C', directory, '.'], {
    step: 'tar',
    env: cx.env,
    signal: cx.signal,
    timeoutMs: 120_000,
  });
}
