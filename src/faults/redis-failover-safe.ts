// The safe form, step by step. Whatever goes wrong is thrown: `finish` then finds out how far it has come.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirect, PROBE_CLIENT, type Redis } from '../clients/redis.ts';
import { demote, keepRole } from '../clients/redis-demotion.ts';
import { parseInfo } from '../clients/redis-info.ts';
import { pauseClients } from '../clients/redis-pause.ts';
import { orderFailover, readAskedAgo, untilBestMs } from '../clients/sentinel-failover.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { LiveContext } from '../core/kinds.ts';
import type { NodeName } from '../core/node.ts';
import { formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';
import { type Parties, untilPromoted } from './redis-failover-parties.ts';

export interface SafeTerms {
  readonly pauseForMs: number;
  readonly momentWithinMs: number;
}

/** A Sentinel whose own PUBLISH is paused takes the node for down after down-after: the pause has to be over before. */
const LEASE_OF_DOWN_AFTER = 0.8;

export async function handOver(parties: Parties, terms: SafeTerms, cx: LiveContext): Promise<Evidence> {
  const { connections, from, primaryName } = parties;
  const leaseMs = Math.min(terms.pauseForMs, LEASE_OF_DOWN_AFTER * parties.downAfterMs);
  const old = await connectDirect(from, { timeoutMs: 2000, name: PROBE_CLIENT });
  try {
    const { sentinel, atItsBest } = await bestSentinel(parties, terms.momentWithinMs, cx);
    const notBeforeMs = cx.clock.nowMs();
    await pauseClients(old, 'write', leaseMs);
    const byMs = cx.clock.nowMs();
    await untilLevel(old, parties, { withinMs: leaseMs / 2, signal: cx.signal });
    await connections.ask(sentinel, (redis) => orderFailover(redis, primaryName));
    const to = await untilPromoted(parties, cx);
    await demote(old, announcedOf(to, parties));
    const pausedMs = cx.clock.nowMs() - notBeforeMs;
    if (pausedMs > leaseMs) throw tooLong(from.node, pausedMs, leaseMs);
    const notKept = await keepRole(old);
    return {
      summary: `${to} is primary instead of ${from.node} (safe form; writes paused for ${formatMs(pausedMs)})`,
      facts: { from: from.node, to, form: 'safe', sentinel, atItsBest, pausedMs, leaseMs, ...(notKept && { notKept }) },
      notBeforeMs,
      byMs,
    };
  } finally {
    old.disconnect();
  }
}

interface Chosen {
  readonly sentinel: NodeName;
  /** False: it will see the promotion up to a second later than it could. */
  readonly atItsBest: boolean;
}

/**
 * The Sentinel that would see the promotion soonest, once that moment has come. Nothing has been done until then. Where it
 * does not come in time, any of them, at once.
 */
async function bestSentinel(parties: Parties, withinMs: number, cx: LiveContext): Promise<Chosen> {
  const deadlineMs = cx.clock.nowMs() + withinMs;
  for (;;) {
    const [soonest] = await waits(parties);
    if (soonest === undefined) throw new DrillError('INTERNAL', 'there is no Sentinel to order it from');
    const { node, waitMs } = soonest;
    if (waitMs === 0 || cx.clock.nowMs() + waitMs > deadlineMs) return { sentinel: node, atItsBest: waitMs === 0 };
    // Half of it, and then it is asked again: it may be asked meanwhile by others.
    await sleep(Math.max(5, waitMs / 2), undefined, { signal: cx.signal });
  }
}

async function waits({
  connections,
  sentinels,
  primaryName,
}: Parties): Promise<readonly { readonly node: NodeName; readonly waitMs: number }[]> {
  const asked = sentinels.map(async (node) => {
    const agoMs = await connections.ask(node, (redis) => readAskedAgo(redis, primaryName)).catch(() => []);
    return { node, waitMs: untilBestMs(agoMs) };
  });
  return (await Promise.all(asked)).sort((a, b) => a.waitMs - b.waitMs);
}

/** Replicas tell their primary how far they are once a second; so they are asked themselves. */
async function untilLevel(
  old: Redis,
  { connections, from, replicas }: Parties,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const goal = Number(parseInfo(await old.info('replication'))['master_repl_offset']);
  const isLevel = async (node: NodeName): Promise<boolean> => {
    const text = await connections.ask(node, (redis) => redis.info('replication')).catch(() => '');
    const info = parseInfo(text);
    return info['master_link_status'] === 'up' && Number(info['slave_repl_offset']) >= goal;
  };
  const look = async (): Promise<true | undefined> =>
    (await Promise.all(replicas.map(isLevel))).every(Boolean) ? true : undefined;
  const what = `${replicas.join(' and ')} to have all that ${from.node} has`;
  await waitFor(look, { withinMs, everyMs: 2, signal, what });
}

function announcedOf(node: NodeName, { connections }: Parties): { readonly host: string; readonly port: number } {
  const row = connections.nodes.find((each) => each.node === node);
  if (row === undefined) throw new DrillError('INTERNAL', `no address for ${node}`);
  return row.announced;
}

function tooLong(node: NodeName, pausedMs: number, leaseMs: number): DrillError {
  return new DrillError(
    'FAULT_NOT_PROVED',
    `the pause of ${node} was over after ${formatMs(leaseMs)}, and it was made a replica ${formatMs(pausedMs)} after its ` +
      'beginning: what it took in between is lost',
    { hint: "Raise pauseFor, up to the Sentinels' down-after." },
  );
}
