// The lockfile of a project that uses the package: what it brings, in the versions that the repository itself has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly [more: string]: unknown;
}

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * With it npm asks no registry what there is, and takes from its cache what `npm ci` has put there. It may hold more
 * than the package needs, as for other platforms: that is not installed.
 */
export function publishedLock(
  repository: string,
  { project, published, tarball }: { readonly project: object; readonly published: string; readonly tarball: string },
): object {
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as Lock;
  const manifest = JSON.parse(readFileSync(join(published, 'package.json'), 'utf8')) as Locked;
  const { name, version, bin, engines, dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
    manifest;
  const own = { bin, engines, dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta };
  const others = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  return {
    lockfileVersion: lock.lockfileVersion,
    packages: {
      '': project,
      [`node_modules/${String(name)}`]: { version, resolved: `file:${tarball}`, ...own },
      ...Object.fromEntries(others),
    },
  };
}
