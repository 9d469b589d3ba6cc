// Reads a ledger back after the heal: from the primary that all Sentinels name, once every other node is a replica of
// it and has all of it, and then from each replica. Through the probes' links, which no fault touches.
import { open, rename, rm } from 'node:fs/promises';
import { denied, isDenial, orDenied } from '../clients/redis-denied.ts';
import { type NodeConnections, openNodeConnections } from '../clients/redis-nodes.ts';
import { answered, readTopology, type TopologyFacts } from '../clients/redis-topology.ts';
import { DrillError } from '../core/error.ts';
import type { AddressBook, NodeName } from '../core/node.ts';
import { formatMs } from '../core/units.ts';
import { waitFor } from '../core/wait.ts';
import type { ReadBackHeader } from '../journal/ops-format.ts';
import type { LedgerTerms } from './redis-ledger-terms.ts';

const askWithinMs = 2000;
const chunk = 5000;

export interface ReadBackOptions {
  readonly terms: LedgerTerms;
  readonly probes: AddressBook;
  /** For the whole of it, waiting included. */
  readonly withinMs: number;
  readonly file: string;
  readonly signal: AbortSignal;
}

/**
 * Rejects when the nodes do not agree in time, or when one cannot be read: then nothing is known of lost writes, and
 * there is no file.
 */
export async function readLedgerBack(options: ReadBackOptions): Promise<void> {
  const { probes, terms, file, withinMs } = options;
  await using connections = openNodeConnections(probes, {
    timeoutMs: Math.min(askWithinMs, withinMs),
    service: terms.service,
  });
  const primary = await agreement(connections, options);
  // Half a copy would look like lost writes: the file is there when it is whole.
  const unfinished = `${file}.unfinished`;
  try {
    await writeCopies(unfinished, primary, { ...options, connections });
    const after = inStep(await readTopology(connections, probes));
    const moved = typeof after === 'string' ? after : after.primary === primary ? undefined : 'the primary changed';
    if (moved !== undefined) throw tooLate(options, `it did not stay as it was while it was read: ${moved}`);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function writeCopies(
  file: string,
  primary: NodeName,
  options: ReadBackOptions & { readonly connections: NodeConnections },
): Promise<void> {
  const { connections, terms } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.withinMs)]);
  const replicas = connections.nodes.filter((row) => row.role === 'redis' && row.node !== primary);
  await using out = await open(file, 'w');
  for (const from of [primary, ...replicas.map((row) => row.node)]) {
    const header: ReadBackHeader = { unit: terms.unit, from, authoritative: from === primary };
    await out.write(`${JSON.stringify(header)}\n`);
    for await (const values of elements(connections, from, terms.key)) {
      if (signal.aborted) throw tooLate(options, `${from} was not read to its end`);
      await out.write(`${JSON.stringify(values.map(Number))}\n`);
    }
  }
}

async function agreement(connections: NodeConnections, options: ReadBackOptions): Promise<NodeName> {
  let before: InStep | undefined;
  let last = 'nobody was asked';
  const ask = async (): Promise<NodeName | undefined> => {
    const now = inStep(await readTopology(connections, options.probes));
    if (typeof now === 'string') {
      last = now;
      return undefined;
    }
    // What the primary had a moment ago is what every replica must have now: others may still be writing.
    const enough = before?.primary === now.primary && now.leastOffset >= before.offset;
    last = 'a replica is behind';
    before = now;
    return enough ? now.primary : undefined;
  };
  const { withinMs, signal } = options;
  return await waitFor(ask, { withinMs, everyMs: 50, signal, what: 'all nodes to be in step' }).catch(
    (cause: unknown) => {
      throw signal.aborted ? cause : tooLate(options, last, cause);
    },
  );
}

interface InStep {
  readonly primary: NodeName;
  readonly offset: number;
  /** Of all the replicas. */
  readonly leastOffset: number;
}

/** The primary that all Sentinels name and all other nodes follow, or what is in the way. Exported for its test. */
export function inStep({ redis, sentinels }: TopologyFacts): InStep | string {
  const silent = [...redis, ...sentinels].find(([, facts]) => facts instanceof Error);
  if (silent !== undefined)
    return isDenial(silent[1]) ? denied(silent[0], silent[1]).message : `${silent[0]} does not answer`;
  const named = new Set(answered(sentinels).map(([, sentinel]) => sentinel.primary));
  const [primary] = named;
  if (named.size !== 1 || primary === undefined) {
    return `the Sentinels name ${[...named].map((node) => node ?? 'nobody that is known').join(' and ')}`;
  }
  const nodes = answered(redis);
  const leader = nodes.find(([node]) => node === primary)?.[1];
  if (leader?.role !== 'primary') return `${primary} is not a primary`;
  const replicas = nodes.filter(([node]) => node !== primary);
  const astray = replicas.find(([, facts]) => facts.role !== 'replica' || facts.primary !== primary || !facts.linkUp);
  if (astray !== undefined) return `${astray[0]} does not follow ${primary}`;
  return { primary, offset: leader.offset, leastOffset: Math.min(...replicas.map(([, facts]) => facts.offset)) };
}

async function* elements(connections: NodeConnections, node: NodeName, key: string): AsyncGenerator<string[]> {
  for (let at = 0; ; at += chunk) {
    const values = await connections.ask(node, (redis) => redis.lrange(key, at, at + chunk - 1)).catch(orDenied(node));
    if (values.length > 0) yield values;
    if (values.length < chunk) return;
  }
}

function tooLate({ terms, withinMs }: ReadBackOptions, why: string, cause?: unknown): DrillError {
  const message = `${terms.service} could not be read back within ${formatMs(withinMs)}: ${why}`;
  return new DrillError('WORKLOAD_FAILED', message, {
    hint: 'lost writes cannot be counted; give timing.drainWithin more time if the cluster was still recovering',
    cause,
  });
}
