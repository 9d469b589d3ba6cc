// What killing, stopping and starting a node have in common: the proof from outside, and the way back.
import type { NodeStatus } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { Evidence } from '../../core/journal.ts';
import type { FaultInput, LiveContext, UndoRecord } from '../../core/kinds.ts';
import type { Identity, NodeName } from '../../core/node.ts';
import { need } from './capability.ts';
import { linksInto, probeLinks } from './links.ts';

/** For how long a node has to be without an answer before we say that it is. */
export const SILENCE_MS = 100;

export function describeIdentity(identity: Identity | undefined): string {
  if (identity === undefined) return 'no process';
  if (identity.type === 'process') return `pid ${identity.pid} (started ${identity.startTime})`;
  if (identity.type === 'address') return `${identity.host}:${identity.port}`;
  if (identity.type === 'told') return identity.said;
  return `container ${identity.id.slice(0, 12)} (started ${identity.startedAt})`;
}

/** The status of a node that must be there to be hurt. A fault on a node that is gone already proves nothing. */
export async function runningNode(node: NodeName, cx: LiveContext): Promise<NodeStatus> {
  const status = await need(cx.cluster, 'lifecycle', node).status(node);
  if (status.state === 'running') return status;
  throw new DrillError('FAULT_NOT_PROVED', `the node is ${status.state} already, so this fault would prove nothing`, {
    at: node,
    hint: 'Is the target the right one? Look at the steps before this one.',
  });
}

/** Throws unless the process is gone and nothing answers in its place (a supervisor that started it again does). */
export async function proveGone(node: NodeName, cx: LiveContext): Promise<void> {
  const status = await need(cx.cluster, 'lifecycle', node).status(node);
  if (status.state !== 'gone') {
    throw new DrillError('FAULT_NOT_PROVED', `${describeIdentity(status.identity)} is there, ${status.state}`, {
      at: node,
    });
  }
  await proveSilent(node, cx);
}

/** Throws when the node still answers on the probes' own way, which no fault touches. */
export async function proveSilent(node: NodeName, cx: LiveContext): Promise<void> {
  const answering = await answeringWays(node, cx);
  if (answering.length === 0) return;
  throw new DrillError('FAULT_NOT_PROVED', `something still answers on ${answering.join(', ')}`, {
    at: node,
    hint: 'Does a supervisor start the node again at once?',
  });
}

/** Through the probes' links where links are ours, else on the one way that there is. */
async function answeringWays(node: NodeName, { cluster }: LiveContext): Promise<readonly string[]> {
  const links = cluster.can('links', node);
  if (links === undefined) return (await cluster.can('reach', node)?.answers(node, SILENCE_MS)) === true ? [node] : [];
  const answers = await links.answers(probeLinks(cluster, node), SILENCE_MS);
  return Object.keys(answers).filter((name) => answers[name] === true);
}

/** Does something to targets that run and live on, and proves it of each. `done`: what they are then, in words. */
export async function inflict(
  { targets }: FaultInput<unknown>,
  cx: LiveContext,
  how: { act(node: NodeName): Promise<void>; prove(node: NodeName): Promise<void>; readonly done: string },
): Promise<Evidence> {
  const before = await Promise.all(targets.map((node) => runningNode(node, cx)));
  const notBeforeMs = cx.clock.nowMs();
  await Promise.all(targets.map((node) => how.act(node)));
  const byMs = cx.clock.nowMs();
  await Promise.all(targets.map((node) => how.prove(node)));
  const who = targets.map((node, at) => `${node}, ${describeIdentity(before[at]?.identity)}`);
  return { summary: `${how.done}: ${who.join('; ')}`, facts: { nodes: [...targets] }, notBeforeMs, byMs };
}

/** Ends every target with `end`, shuts the ways into it (a dead node refuses connections), and proves that it is gone. */
export async function takeDown(
  input: FaultInput<unknown>,
  cx: LiveContext,
  end: (node: NodeName) => Promise<void>,
): Promise<Evidence> {
  const before = await Promise.all(input.targets.map((node) => runningNode(node, cx)));
  const notBeforeMs = cx.clock.nowMs();
  const goneMs: number[] = [];
  await Promise.all(
    input.targets.map(async (node) => {
      await end(node);
      goneMs.push(cx.clock.nowMs());
      await cx.cluster.can('links', node)?.refuse(linksInto(cx.cluster, node));
    }),
  );
  await Promise.all(input.targets.map((node) => proveGone(node, cx)));
  const who = input.targets.map((node, at) => `${node}, ${describeIdentity(before[at]?.identity)}`);
  return {
    summary: `gone and not answering: ${who.join('; ')}`,
    facts: { nodes: [...input.targets] },
    notBeforeMs,
    byMs: Math.max(...goneMs),
  };
}

export async function stillGone(record: UndoRecord, cx: LiveContext): Promise<void> {
  await Promise.all(record.targets.map(({ node }) => proveGone(node, cx)));
}

/** Starts every target again and opens the ways into it. */
export async function bringBack(record: UndoRecord, cx: LiveContext): Promise<Evidence> {
  const started = await Promise.all(
    record.targets.map(async ({ node }) => {
      const identity = await need(cx.cluster, 'lifecycle', node).start(node);
      await cx.cluster.can('links', node)?.heal(linksInto(cx.cluster, node), 'refuse');
      return { node, identity: describeIdentity(identity) };
    }),
  );
  return {
    summary: `started again: ${started.map((one) => `${one.node}, ${one.identity}`).join('; ')}`,
    facts: { nodes: started },
  };
}
