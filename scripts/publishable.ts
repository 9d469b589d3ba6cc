// `npm run package [folder]`: the folder that is published. The repository itself is private, so that nobody publishes it by mistake.
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = ['fixtures/toolchain', 'fixtures/docker-engine.sh'];
const extras = ['bin', 'drills', ...fixtures, 'schema', 'README.md', 'CHANGELOG.md', 'LICENSE'];
/** What only the repository needs: its tools, its own Node, and the guard against publishing it. */
const ofTheRepository = ['private', 'scripts', 'devDependencies', 'optionalDependencies'];

/** Writes the publishable package to `folder`, which is emptied first. */
export function makePublishable(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  build(join(folder, 'dist'));
  for (const extra of extras.filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, extra), join(folder, extra), { recursive: true });
  }
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const published = Object.fromEntries(Object.entries(manifest).filter(([key]) => !ofTheRepository.includes(key)));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(root, 'dist-package');
  makePublishable(folder);
  process.stdout.write(
    `${folder}: ${globSync('**/*.*', { cwd: folder }).length} files, publish it with npm publish ${folder}\n`,
  );
}
