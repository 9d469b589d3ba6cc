import { readFileSync } from 'node:fs';
import { arch, platform as osName } from 'node:os';

/** What decides how a tool is had here, and what a person types to install one. */
export interface Platform {
  /** `linux`, `darwin`, … as Node says. */
  readonly os: string;
  /** `x64`, `arm64`, … as Node says. */
  readonly arch: string;
  /** `debian-12`, `ubuntu-24.04`, `fedora-41`; the os where there is no os-release. */
  readonly release: string;
  readonly installer: Installer;
}

export type Installer = 'apt' | 'dnf' | 'pacman' | 'apk' | 'zypper' | 'brew' | 'none';

const installers: ReadonlyArray<readonly [Installer, ReadonlyArray<string>]> = [
  ['apt', ['debian', 'ubuntu']],
  ['dnf', ['fedora', 'rhel', 'centos']],
  ['pacman', ['arch']],
  ['apk', ['alpine']],
  ['zypper', ['suse', 'opensuse', 'sles']],
];

/** Reads this machine's. */
export function detectPlatform(): Platform {
  const text = osName() === 'linux' ? readOsRelease() : '';
  return describePlatform(osName(), arch(), text);
}

/** Pure: from what Node and /etc/os-release say. */
export function describePlatform(os: string, architecture: string, osRelease: string): Platform {
  const fields = new Map<string, string>();
  for (const [, key, value] of osRelease.matchAll(/^(\w+)=["']?(.*?)["']?$/gm)) fields.set(key ?? '', value ?? '');
  const id = fields.get('ID') ?? os;
  const version = fields.get('VERSION_ID');
  const family = [id, ...(fields.get('ID_LIKE') ?? '').split(' ')];
  const installer = installers.find(([, ids]) =>
    family.some((name) => ids.some((known) => name.startsWith(known))),
  )?.[0];
  return {
    os,
    arch: architecture,
    release: version === undefined ? id : `${id}-${version}`,
    installer: os === 'darwin' ? 'brew' : (installer ?? 'none'),
  };
}

const commands: Readonly<Record<Exclude<Installer, 'none'>, string>> = {
  apt: 'sudo apt-get install',
  dnf: 'sudo dnf install',
  pacman: 'sudo pacman -S',
  apk: 'sudo apk add',
  zypper: 'sudo zypper install',
  brew: 'brew install',
};

/** `sudo apt-get install redis-server`, or the sentence for a system whose installer we do not know. */
export function installCommand(
  platform: Platform,
  packages: Partial<Record<Installer, string>> & { readonly none: string },
): string {
  const name = packages[platform.installer];
  if (platform.installer === 'none' || name === undefined) return packages.none;
  return `${commands[platform.installer]} ${name}`;
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
