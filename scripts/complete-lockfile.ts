// `npm run lockfile`, after a dependency changed: adds what npm left out of the lockfile because the registry that was asked did
// not have it. That happens to the builds of a tool for other platforms, and `npm ci` then refuses the lockfile everywhere.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Locked>>;

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The platform builds that a package asks for and the lockfile lacks. They have a version and no checksum: nobody here has seen them. */
export function missingBuilds(packages: Packages): Packages {
  const missing = Object.entries(packages).flatMap(([from, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !(`node_modules/${name}` in packages) && !(`${from}/node_modules/${name}` in packages))
      .map(([name, version]) => [`node_modules/${name}`, buildOf(name, version, dev === true)] as const),
  );
  return Object.fromEntries(missing);
}

function buildOf(name: string, version: string, dev: boolean): Locked {
  if (!/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name}@${version} is not an exact version: it cannot be locked unseen`);
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length === 0) throw new Error(`${name} does not say which platform it is for: it cannot be locked unseen`);
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
  // In npm's own order, so that its next install changes nothing.
  return { version, cpu, ...(dev ? { dev } : {}), ...libc, optional: true, os };
}

function inOrder(packages: Packages): Packages {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
}

if (import.meta.main) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lockfile: { packages: Packages } = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingBuilds(lockfile.packages);
  const complete = { ...lockfile, packages: inOrder({ ...lockfile.packages, ...missing }) };
  writeFileSync(file, `${JSON.stringify(complete, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${Object.keys(missing).length} builds for other platforms added\n`);
}
