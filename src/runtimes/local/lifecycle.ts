import type { Lifecycle, NodeStatus, Pausing } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import { isAlive, isStopped, type ProcessIdentity } from '../../core/process-identity.ts';
import { ended, eventually, findProcesses, signalGroup, signalProcess } from '../own/processes.ts';
import { readIdentity, writeIdentity } from './home.ts';
import { type Launch, launch } from './launch.ts';

const KILLED_WITHIN_MS = 5000;
const STOPPED_WITHIN_MS = 1000;

/** `launchOf` says how a node is started; where it lives, and as what it was started last, is read from its directory. */
export function createLifecycle(launchOf: (node: NodeName) => Launch): Lifecycle & Pausing {
  const running = async (node: NodeName): Promise<ProcessIdentity | undefined> => findNode(launchOf(node));
  return {
    status: async (node): Promise<NodeStatus> => {
      const identity = await running(node);
      if (identity === undefined) return { state: 'gone', identity };
      return { state: isStopped(identity) ? 'paused' : 'running', identity };
    },
    kill: async (node) => {
      const identity = await running(node);
      if (identity === undefined) return;
      signalGroup(identity, 'SIGKILL');
      if (!(await ended(identity, KILLED_WITHIN_MS))) throw stillThere(node, `${KILLED_WITHIN_MS} ms after SIGKILL`);
    },
    stop: async (node, withinMs) => {
      const identity = await running(node);
      if (identity === undefined) return;
      signalProcess(identity, 'SIGTERM');
      if (!(await ended(identity, withinMs))) throw stillThere(node, `${withinMs} ms after SIGTERM`);
    },
    start: async (node) => (await running(node)) ?? launch(launchOf(node)),
    pause: async (node) => {
      const identity = await running(node);
      if (identity === undefined)
        throw new DrillError('CLUSTER_FAILED', 'cannot be paused: it does not run', { at: node });
      signalGroup(identity, 'SIGSTOP');
      if (await eventually(() => isStopped(identity), STOPPED_WITHIN_MS)) return;
      throw new DrillError('CLUSTER_FAILED', `pid ${identity.pid} still runs after SIGSTOP`, { at: node });
    },
    resume: async (node) => {
      const identity = await running(node);
      if (identity === undefined) return;
      signalGroup(identity, 'SIGCONT');
      if (await eventually(() => !isStopped(identity), STOPPED_WITHIN_MS)) return;
      throw new DrillError('CLUSTER_FAILED', `pid ${identity.pid} is still stopped after SIGCONT`, { at: node });
    },
  };
}

/** What was written down, if it is alive; else a process that writes this node's log: its starter died too early. */
async function findNode({ home, ...run }: Launch): Promise<ProcessIdentity | undefined> {
  const known = await readIdentity(home);
  if (known !== undefined && isAlive(known)) return known;
  const stray = findProcesses(run).find(({ log, isLeader }) => isLeader && log === home.log)?.identity;
  if (stray !== undefined) await writeIdentity(home, stray);
  return stray;
}

function stillThere(node: NodeName, when: string): DrillError {
  return new DrillError('CLUSTER_FAILED', `its process is still there ${when}`, { at: node });
}
