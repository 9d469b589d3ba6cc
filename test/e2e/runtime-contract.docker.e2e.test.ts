import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterHandle } from '../../src/core/cluster.ts';
import type { Address } from '../../src/core/node.ts';
import { stateDirectory } from '../../src/core/state-dir.ts';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { runtime } from '../contract/docker.ts';
import { isListening } from '../contract/listening.ts';
import { describeRuntime } from '../contract/runtime-contract.ts';
import { until } from '../contract/support.ts';
import { docker, inEngine, labelled, whyNoEngine } from './support/engine.ts';

function leftoversOf(runId: string): readonly string[] {
  return [
    ...inEngine(runId),
    ...entries(temporaryDirectory()).filter((name) => name.startsWith(`firedrill-${runId}-`)),
    ...leases(runId),
    ...composes(runId),
  ];
}

/** Processes that may still make something: an engine's client that outlived its runner. */
function composes(runId: string): readonly string[] {
  return entries('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`FIREDRILL_RUN=${runId}`))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes('compose'))
    .map((pid) => `process ${pid}`);
}

function leases(runId: string): readonly string[] {
  const directory = join(stateDirectory(), 'leases');
  return entries(directory).filter((name) => read(join(directory, name)).includes(`"${runId}"`));
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Of one node, by its label: containers or networks. */
function named(runId: string, ...what: readonly string[]): readonly string[] {
  const format = what[0] === 'network' ? '{{.Name}}' : '{{.Names}}';
  return docker(...what.slice(0, -1), ...labelled(runId, what.at(-1)), '--format', format);
}

function apiOf(handle: ClusterHandle): Address {
  const { host, port } = handle.state['toxiproxy'] as unknown as Address;
  return { host, port };
}

describeRuntime('docker', {
  runtime,
  unavailable: whyNoEngine(),
  lacks: {},
  module: new URL('../contract/docker.ts', import.meta.url),
  leftovers: async ({ runId }) => leftoversOf(runId),
  killToxiproxy: async (handle) => {
    docker('kill', ...named(handle.runId, 'ps', 'toxiproxy'));
    await until(() => isListening(apiOf(handle)), false);
  },
  startToxiproxy: async (handle) => {
    const { host } = apiOf(handle);
    const [network = ''] = named(handle.runId, 'network', 'ls', 'probe');
    const [hub = ''] = named(handle.runId, 'ps', '--all', 'toxiproxy');
    const [image = ''] = docker('inspect', '--format', '{{.Config.Image}}', hub);
    const run = ['run', '--detach', '--rm', '--network', network, '--ip', host, image, '-host', '0.0.0.0'];
    const [other = ''] = docker(...run);
    await until(() => isListening(apiOf(handle)), true);
    return { [Symbol.asyncDispose]: async () => void docker('rm', '--force', other) };
  },
});
