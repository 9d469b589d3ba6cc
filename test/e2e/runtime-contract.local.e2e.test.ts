import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterHandle } from '../../src/core/cluster.ts';
import { stateDirectory } from '../../src/core/state-dir.ts';
import { temporaryDirectory } from '../../src/core/temporary-directory.ts';
import { isListening } from '../contract/listening.ts';
import { runtime } from '../contract/local.ts';
import { describeRuntime } from '../contract/runtime-contract.ts';
import { until } from '../contract/support.ts';

// The machine is looked at by means of its own: what the runtime uses to find its processes may be what is wrong.

interface Toxiproxy {
  readonly host: string;
  readonly port: number;
}

function leftoversOf(runId: string): string[] {
  const prefix = join(temporaryDirectory(), `firedrill-${runId}-`);
  const directories = entries(temporaryDirectory()).map((entry) => join(temporaryDirectory(), entry));
  return [
    ...directories.filter((path) => path.startsWith(prefix)),
    ...entries('/proc').flatMap((pid) => tracesOf(pid, prefix, runId)),
  ];
}

/** Working directory, output, environment and mounts of a process. */
function tracesOf(pid: string, prefix: string, runId: string): string[] {
  if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
  const links = ['cwd', 'fd/1'].map((link) => attempt(() => readlinkSync(`/proc/${pid}/${link}`)));
  const files = ['environ', 'mountinfo'].map((file) => attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')));
  const isOurs =
    links.some((target) => target.startsWith(prefix)) ||
    files[0]?.split('\0').includes(`FIREDRILL_RUN=${runId}`) ||
    files[1]?.includes(prefix.slice(temporaryDirectory().length));
  return isOurs
    ? [`process ${pid} ${attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')}`]
    : [];
}

function leases(runId: string): string[] {
  const directory = join(stateDirectory(), 'leases');
  const files = entries(directory).map((name) => join(directory, name));
  return files.filter((file) => attempt(() => readFileSync(file, 'utf8')).includes(`"${runId}"`));
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function toxiproxyOf(handle: ClusterHandle): Toxiproxy {
  return handle.state['toxiproxy'] as unknown as Toxiproxy;
}

describeRuntime('local', {
  runtime,
  lacks: {
    isolation: 'processes share the network of the machine, and its cables are links',
    exec: 'a node is a process, and has no place of its own to run another one in',
  },
  module: new URL('../contract/local.ts', import.meta.url),
  leftovers: async ({ runId }) => [...leftoversOf(runId), ...leases(runId)],
  killToxiproxy: async (handle) => {
    const line = leftoversOf(handle.runId).find((each) => /^process \d+ \S*toxiproxy/.test(each));
    process.kill(Number(line?.split(' ')[1]), 'SIGKILL');
    await until(() => isListening(toxiproxyOf(handle)), false);
  },
  startToxiproxy: async (handle) => {
    const { host, port } = toxiproxyOf(handle);
    const { toxiproxy } = handle.state['programs'] as unknown as Record<'toxiproxy', { path: string }>;
    const child = spawn(toxiproxy.path, ['-host', host, '-port', String(port)], { stdio: 'ignore' });
    await until(() => isListening({ host, port }), true);
    return {
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  },
});
