// `npm run build [folder]`: the published form of src, plain JavaScript and its types.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiles src into `outDir`, which is emptied first. Throws with the compiler's own words. */
export function build(outDir: string): void {
  rmSync(outDir, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const argv = [compiler, '--project', join(root, 'tsconfig.build.json'), '--outDir', resolve(outDir)];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
  const left = globSync('**/*.js', { cwd: outDir }).filter((file) =>
    namesSource(readFileSync(join(outDir, file), 'utf8')),
  );
  if (left.length > 0)
    throw new Error(`the build still names .ts files, which it does not contain: ${left.join(', ')}`);
}

/** The compiler turns `import './x.ts'` into `./x.js`, but not `new URL('./x.ts', import.meta.url)`: take the extension of import.meta.url there. */
function namesSource(code: string): boolean {
  return /(['"`])\.{1,2}\/[^'"`\n]*\.ts\1/.test(code.replace(/^\s*(\/\/|\/?\*).*$/gm, ''));
}

if (import.meta.main) build(process.argv[2] ?? join(root, 'dist'));
