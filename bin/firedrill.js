#!/usr/bin/env node
// The launcher: makes sure of Node 24, then hands over. Read by old Nodes too, see require-node.js.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { complain, findPinnedNode, isTooOld } from './require-node.js';

function run() {
  const source = new URL('../src/cli/start.ts', import.meta.url);
  // The repository runs its source; the published package has only the build, because Node strips no types under node_modules.
  const entry = existsSync(source) ? source : new URL('../dist/cli/start.js', import.meta.url);
  return import(entry.href)
    .then((cli) => cli.start(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    });
}

function runAgainWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us: passing it on as well would count as the second one, which leaves at once.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => atTerminal || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  // Whoever started us with a channel has gone: the other Node has none to notice it by.
  process.on('disconnect', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.exitCode = signal === null ? code : 128 + constants.signals[signal];
      if (signal !== null) process.stderr.write(endedBy(signal));
      process.removeAllListeners('disconnect');
      resolve();
    });
  });
}

/** It handles the signals that ask for an end: this one has left it no time. */
function endedBy(signal) {
  const rollback = process.env.npm_lifecycle_event === undefined ? 'node bin/firedrill.js' : 'npm run firedrill --';
  return `firedrill: ended by ${signal}, with nothing undone.\n  → \`${rollback} rollback\` undoes what a run has left.\n`;
}

function start() {
  if (!isTooOld(process.versions.node)) return run();
  const pinned = findPinnedNode();
  if (pinned !== undefined) return runAgainWith(pinned);
  process.stderr.write(complain(process.versions.node));
  process.exitCode = 2;
  return Promise.resolve();
}

start().catch((error) => {
  process.stderr.write(`firedrill: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 6;
});
