// What a kind may use, over somebody else's Kafka: its nodes as they were found, and nothing that can be done to them.
import { createClock } from '../../src/core/clock.ts';
import type { Cluster } from '../../src/core/cluster.ts';
import type { Json } from '../../src/core/json.ts';
import type { LiveContext } from '../../src/core/kinds.ts';
import type { AddressBook, NodeSpec } from '../../src/core/node.ts';

export interface AttachedContext extends LiveContext {
  undoWith(prior: Json): Promise<void>;
  /** What was said to be left, the latest last. */
  readonly priors: readonly Json[];
}

/** `book` is everybody's: there is one way to each node. */
export function attachedContext(book: AddressBook, signal = AbortSignal.timeout(60_000)): AttachedContext {
  const priors: Json[] = [];
  const spec = { runId: 'test', nodes: book.rows.map(nodeOf), links: [], files: {}, clientHosts: [] };
  const cluster: Cluster = {
    owned: false,
    spec,
    handle: { v: 1, runtime: 'attach', runId: 'test', spec, state: {} },
    addresses: (from) => ({ ...book, from }),
    can: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const undoWith = async (prior: Json): Promise<void> => {
    priors.push(prior);
  };
  return { cluster, clock: createClock(), journal: { write: () => undefined }, signal, undoWith, priors };
}

/** A probe as it reads once. */
export async function readOnce<P>(
  probe: { open(params: P, cx: LiveContext): Promise<{ read(signal: AbortSignal): Promise<Json> } & AsyncDisposable> },
  params: P,
  cx: LiveContext,
): Promise<Json> {
  await using open = await probe.open(params, cx);
  return await open.read(cx.signal);
}

function nodeOf({ node, service, role, listener, announced, access, terms }: AddressBook['rows'][number]): NodeSpec {
  return {
    name: node,
    service,
    role,
    zone: 'a',
    ports: { [listener]: announced.port },
    program: { tool: 'kafka', args: [] },
    ...(access === undefined ? {} : { access }),
    ...(terms === undefined ? {} : { terms }),
  };
}
