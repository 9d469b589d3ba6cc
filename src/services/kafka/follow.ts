// What the servers say of a failover, written down as marks: who leads what, who is in which ISR, which brokers take part
// and which controller is active. Each node is asked by itself: one that hangs delays nobody else's marks.
import { setTimeout as sleep } from 'node:timers/promises';
import { metadataV12 } from '../../clients/kafka-api.ts';
import { unitOf } from '../../clients/kafka-metadata.ts';
import { askQuorum, type KafkaQuorum, madeToVote } from '../../clients/kafka-quorum.ts';
import type { LiveContext } from '../../core/kinds.ts';
import type { AddressRow, NodeName } from '../../core/node.ts';
import { isInternal } from './facts.ts';
import { createHistory, type History } from './history.ts';
import { type KafkaWays, openWays } from './live.ts';
import { marksOf } from './marks.ts';

const POLL_MS = 50;
const ASK_TIMEOUT_MS = 300;
/** A cluster with a thousand partitions is asked less often: its answers cost the brokers something. */
const SHARE_OF_TIME = 0.2;

export async function follow(service: string, cx: LiveContext): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const ways = openWays(service, cx, ASK_TIMEOUT_MS);
  const history = createHistory();
  const following: Following = { ways, history, cx, stop: stop.signal };
  const made = madeToVote(cx.cluster.spec.nodes, service);
  // Controllers of somebody else's cluster may be out of reach: brokers ask the active one that they know of.
  const voters = ways.all.nodes.filter(({ node }) => made.length === 0 || made.includes(node));
  const loops = [
    ...ways.brokers.nodes.map((row) => followNode(row, brokerStates, following)),
    ...voters.map((row) => followNode(row, controllerState, following)),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(loops);
      ways[Symbol.dispose]();
    },
  };
}

interface Following {
  readonly ways: KafkaWays;
  readonly history: History;
  readonly cx: LiveContext;
  readonly stop: AbortSignal;
}

async function followNode(row: AddressRow, look: Look, { ways, history, cx, stop }: Following): Promise<void> {
  while (!stop.aborted) {
    const askedMs = cx.clock.nowMs();
    const changes = history.observe(row.node, await look(row, ways));
    for (const mark of marksOf(changes)) cx.journal.write({ type: 'mark', source: row.node, ...mark });
    const restMs = Math.max(POLL_MS, (cx.clock.nowMs() - askedMs) / SHARE_OF_TIME - POLL_MS);
    await sleep(Math.min(restMs, 5 * ASK_TIMEOUT_MS), undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Subject → its state, in words. Empty when it does not answer. */
type States = Readonly<Record<string, string>>;
type Look = (row: AddressRow, ways: KafkaWays) => Promise<States>;

async function brokerStates({ node }: AddressRow, { brokers, names }: KafkaWays): Promise<States> {
  const answer = await brokers
    .ask(node, (connection) => connection.ask(metadataV12.api, [null, false]))
    .catch(() => undefined);
  if (answer === undefined) return {};
  const nameOf = (id: number): NodeName => names.get(id) ?? `kafka-node-${id}`;
  const listed = new Set(answer.brokers.map(({ nodeId }) => nodeId));
  const states: Record<string, string> = {};
  for (const [id, name] of names) {
    if (brokers.nodes.some((row) => row.node === name))
      states[`broker ${name}`] = listed.has(id) ? 'unfenced' : 'fenced';
  }
  for (const { name, partitions } of answer.topics) {
    if (name == null || isInternal(name)) continue;
    for (const { partitionIndex, leaderId, leaderEpoch, isrNodes } of partitions) {
      const unit = unitOf(name, partitionIndex);
      states[`leader ${unit}`] = `${leaderId < 0 ? 'nobody' : nameOf(leaderId)} ${leaderEpoch}`;
      states[`isr ${unit}`] = isrNodes.map(nameOf).sort().join(' ');
    }
  }
  return states;
}

async function controllerState({ node }: AddressRow, { all, names }: KafkaWays): Promise<States> {
  const quorum = await all.ask(node, askQuorum).catch((): KafkaQuorum | undefined => undefined);
  if (quorum === undefined) return {};
  return { 'controller active': `${names.get(quorum.leader) ?? quorum.leader} ${quorum.epoch}` };
}
