// A ledger in somebody else's Redis is removed when it was read back. On the primary; the replicas follow.
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { primaryOf, readTopology } from '../clients/redis-topology.ts';
import { DrillError } from '../core/error.ts';
import type { Evidence } from '../core/journal.ts';
import type { LiveContext, UndoRecord } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';

const ASK_TIMEOUT_MS = 2000;

/** Waits for a primary, within the record's time. */
export async function removeLedger({ prior, deadlineMs }: UndoRecord, cx: LiveContext): Promise<Evidence> {
  const { service, key } = prior as { readonly service: string | null; readonly key: string };
  const book = cx.cluster.addresses(PROBE);
  const named = service === null ? {} : { service };
  await using connections = openNodeConnections(book, { timeoutMs: ASK_TIMEOUT_MS, ...named });
  const removed = await waitFor(
    async () => {
      const primary = primaryOf(await readTopology(connections, book));
      if (primary === undefined) return undefined;
      return connections.ask(primary, (redis) => redis.del(key)).catch(refused);
    },
    { withinMs: deadlineMs, everyMs: 100, signal: cx.signal, what: 'a primary to remove the ledger from' },
  );
  return { summary: removed === 0 ? `key ${key} was not there` : `key ${key} removed`, facts: { key } };
}

/** It may be the primary no longer; only what will not become true by itself ends the wait. */
function refused(error: Error): undefined {
  if (error.message.startsWith('NOPERM')) throw new DrillError('UNDO_FAILED', error.message);
}
