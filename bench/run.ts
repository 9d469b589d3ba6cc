// `npm run bench -- <name>`: runs bench/<name>.ts, which measures on real things and sets the exit code to 1 when it
// misses its bar.
import { readdirSync } from 'node:fs';

const [name = ''] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));
if (names.includes(name)) {
  await import(`./${name}.ts`);
} else {
  console.error(`usage: npm run bench -- ${names.join(' | ')}`);
  process.exitCode = 2;
}
