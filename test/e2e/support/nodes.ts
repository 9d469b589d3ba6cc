// The processes of a cluster, found by where they work: not by what the run says of them.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterHandle } from '../../../src/core/cluster.ts';
import { eventually } from './eventually.ts';
import type { Sandbox } from './sandbox.ts';

/** The pid of a node, or of `toxiproxy`, once it runs. */
export function pidOf(sandbox: Sandbox, node: string): Promise<number> {
  return eventually(`${node} to run`, () => {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.find((pid) => {
      const cwd = cwdOf(pid);
      return cwd.startsWith(sandbox.tmp) && cwd.endsWith(`/${node}/data`) && !isShell(pid);
    });
  });
}

function cwdOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** It is still the one that starts the node. */
function isShell(pid: number): boolean {
  try {
    return !/(redis-server|toxiproxy-server)$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return true;
  }
}

/** What a run has written down for those who clean up behind it. */
export function handleOf(sandbox: Sandbox, runId: string): ClusterHandle {
  return JSON.parse(readFileSync(join(sandbox.state, 'runs', runId, 'handle.json'), 'utf8')) as ClusterHandle;
}
