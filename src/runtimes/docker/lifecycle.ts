import type Docker from 'dockerode';
import type { Lifecycle, NodeStatus, Pausing } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Identity, NodeName } from '../../core/node.ts';
import { eventually } from '../own/processes.ts';
import { asked } from './engine.ts';

const KILLED_WITHIN_MS = 10_000;

/** Answers of the engine that say that there is nothing to be done: not there, and not in the state for it. */
const NOT_THERE = 404;
const NOT_SO = 409;
const ALREADY = 304;

/** Kill, stop, pause and start of containers. Nothing is remembered here: what is true is asked of the engine each time. */
export function createLifecycle(containerOf: (node: NodeName) => Docker.Container): Lifecycle & Pausing {
  const status = (node: NodeName): Promise<NodeStatus> => statusOf(containerOf(node));
  const isGone = async (node: NodeName): Promise<boolean> => (await status(node)).state === 'gone';
  const signal = (node: NodeName, name: string): Promise<unknown> =>
    asked(containerOf(node).kill({ signal: name }), [NOT_THERE, NOT_SO]);
  return {
    status,
    kill: async (node) => {
      if (await isGone(node)) return;
      await signal(node, 'SIGKILL');
      if (!(await eventually(() => isGone(node), KILLED_WITHIN_MS)))
        throw stillThere(node, KILLED_WITHIN_MS, 'SIGKILL');
    },
    stop: async (node, withinMs) => {
      if (await isGone(node)) return;
      await signal(node, 'SIGTERM');
      if (!(await eventually(() => isGone(node), withinMs))) throw stillThere(node, withinMs, 'SIGTERM');
    },
    start: (node) => start(node, containerOf(node)),
    pause: async (node) => {
      const { state } = await status(node);
      if (state === 'paused') return;
      if (state === 'gone') throw new DrillError('CLUSTER_FAILED', 'cannot be paused: it does not run', { at: node });
      await asked(containerOf(node).pause());
      if ((await status(node)).state === 'paused') return;
      throw new DrillError('CLUSTER_FAILED', 'its container is not paused after a pause', { at: node });
    },
    resume: async (node) => {
      if ((await status(node)).state !== 'paused') return;
      await asked(containerOf(node).unpause());
      if ((await status(node)).state !== 'paused') return;
      throw new DrillError('CLUSTER_FAILED', 'its container is still paused', { at: node });
    },
  };
}

async function statusOf(container: Docker.Container): Promise<NodeStatus> {
  const found = await asked(container.inspect(), [NOT_THERE]);
  if (found?.State.Running !== true) return { state: 'gone', identity: undefined };
  const identity: Identity = { type: 'container', id: found.Id, startedAt: found.State.StartedAt };
  return { state: found.State.Paused ? 'paused' : 'running', identity };
}

async function start(node: NodeName, container: Docker.Container): Promise<Identity> {
  const before = await statusOf(container);
  if (before.identity !== undefined) return before.identity;
  const answer = await asked(
    container.start().then(() => true),
    [NOT_THERE, ALREADY],
  );
  const { identity } = await statusOf(container);
  if (identity !== undefined) return identity;
  const why = answer === undefined ? 'its container is gone' : 'it ended at once';
  throw new DrillError('CLUSTER_FAILED', `cannot be started: ${why}`, { at: node });
}

function stillThere(node: NodeName, afterMs: number, signal: string): DrillError {
  return new DrillError('CLUSTER_FAILED', `its process is still there ${afterMs} ms after ${signal}`, { at: node });
}
