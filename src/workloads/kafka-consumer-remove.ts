// A group in somebody else's Kafka is deleted, with what it has committed, when it was read back.

import { isDenied } from '../clients/kafka-denied.ts';
import { deleteGroup } from '../clients/kafka-groups.ts';
import { openKafkaNodes } from '../clients/kafka-nodes.ts';
import type { Evidence } from '../core/journal.ts';
import type { LiveContext, UndoRecord } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';

const ASK_TIMEOUT_MS = 2000;

/** What removes it needs to know. */
export type LeftGroup = { readonly service: string | null; readonly group: string };

/** Members that were killed are put out of it. Asks until it is done, within the record's time. */
export async function removeGroup({ prior, deadlineMs }: UndoRecord, cx: LiveContext): Promise<Evidence> {
  const { service, group } = prior as LeftGroup;
  using nodes = openKafkaNodes(cx.cluster.addresses(PROBE), {
    timeoutMs: ASK_TIMEOUT_MS,
    service: service ?? undefined,
    role: 'broker',
  });
  let why = 'nobody was asked';
  const ask = (): Promise<boolean | undefined> =>
    deleteGroup(nodes, group).catch((error: unknown) => {
      if (isDenied(error)) throw error;
      why = error instanceof Error ? error.message : String(error);
      return undefined;
    });
  const wait = { withinMs: deadlineMs, everyMs: 200, signal: cx.signal, what: `the group ${group} to be deleted` };
  const there = await waitFor(ask, wait).catch((error: unknown) => {
    throw isDenied(error) ? error : new Error(`the group ${group} is still there: ${why}`, { cause: error });
  });
  return { summary: there ? `group ${group} deleted` : `group ${group} was not there`, facts: { group } };
}
