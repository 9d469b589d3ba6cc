// Runs before any TypeScript is imported, and an old Node has to be able to read it: syntax of 2017, nothing newer.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const wantedMajor = 24;

/** Whether this version of Node can run TypeScript as it stands. */
export function isTooOld(version) {
  return Number(version.split('.')[0]) < wantedMajor;
}

/** The Node that came in with `npm ci`, in a checkout of the repository; undefined where there is none. */
export function findPinnedNode() {
  const binary = new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url);
  return existsSync(binary) ? fileURLToPath(binary) : undefined;
}

/** One line: what is wrong and what to do about it. */
export function complain(version) {
  return (
    `firedrill: this is Node ${version}, and Firedrill needs Node ${wantedMajor} or newer. ` +
    `Install Node ${wantedMajor} (https://nodejs.org), or in a checkout of the repository run \`npm ci\` ` +
    'and start it through npm: `npm run drill`.\n'
  );
}

// `node bin/require-node.js` is the guard of the npm scripts that have no launcher of their own.
if (process.argv[1] === fileURLToPath(import.meta.url) && isTooOld(process.versions.node)) {
  process.stderr.write(complain(process.versions.node));
  process.exitCode = 2;
}
