// What the servers say of a failover, written down as marks: the Sentinels' events, and on each Redis node the moments
// at which its role and its willingness to take writes change. All of it through the probes' own links.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirect, PROBE_CLIENT } from '../../clients/redis.ts';
import { openNodeConnections } from '../../clients/redis-nodes.ts';
import { type RedisFacts, readRedis } from '../../clients/redis-topology.ts';
import { readTilt, subscribeToEvents } from '../../clients/sentinel.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { type AddressRow, PROBE } from '../../core/node.ts';

const POLL_MS = 50;
const ASK_TIMEOUT_MS = 300;

/** Events that say nothing about a failover, or that repeat what another one says. */
const NOISE = /^(\+sentinel|\+sentinel-address-switch|\+reset-master|\+fix-slave-config)$/;

export async function follow(service: string, cx: LiveContext): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const book = cx.cluster.addresses(PROBE);
  const rows = book.rows.filter((row) => row.service === service);
  const loops = rows.map((row) => (row.role === 'sentinel' ? followSentinel : followRole)(row, cx, stop.signal));
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

async function followSentinel(row: AddressRow, cx: LiveContext, stop: AbortSignal): Promise<void> {
  let isTilted = false;
  const mark = (event: string, detail: string): void => {
    if (event === '+tilt' || event === '-tilt') isTilted = event === '+tilt';
    if (!NOISE.test(event)) cx.journal.write({ type: 'mark', mark: event, source: row.node, detail });
  };
  while (!stop.aborted) {
    const redis = await connectDirect(row, { timeoutMs: ASK_TIMEOUT_MS, name: PROBE_CLIENT }).catch(() => undefined);
    if (redis !== undefined) {
      const closed = new Promise<void>((resolve) => {
        redis.once('close', resolve);
        stop.addEventListener('abort', () => redis.disconnect(), { once: true });
      });
      // It may have gone into TILT while nobody listened. Asked first: a connection that listens answers nothing else.
      const found = readTilt(redis).catch(() => false);
      const listened = subscribeToEvents(redis, mark).then(
        () => closed,
        () => redis.disconnect(),
      );
      if ((await found) && !isTilted) mark('+tilt', 'found in TILT when it was reached');
      await listened;
    }
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** One node by itself: a node that hangs delays nobody else's marks. */
async function followRole(row: AddressRow, cx: LiveContext, stop: AbortSignal): Promise<void> {
  const book = cx.cluster.addresses(PROBE);
  const { service, role } = row;
  await using connections = openNodeConnections(book, { timeoutMs: ASK_TIMEOUT_MS, service, role });
  let before: RedisFacts | undefined;
  while (!stop.aborted) {
    const now = await connections.ask(row.node, (redis) => readRedis(redis, book)).catch(() => undefined);
    if (now !== undefined) {
      for (const change of changes(before, now)) cx.journal.write({ type: 'mark', source: row.node, ...change });
      before = now;
    }
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Not where one of them does not know it. */
function changesWillingness(before: RedisFacts, now: RedisFacts): boolean {
  const [was, is] = [before.role === 'primary' ? before.acceptsWrites : false, now.acceptsWrites];
  return now.role === 'primary' && was !== undefined && is !== undefined && was !== is;
}

/** Pure: what two readings of one node tell. Exported for its test. */
export function changes(before: RedisFacts | undefined, now: RedisFacts): readonly { mark: string; detail: string }[] {
  if (before === undefined) return [];
  const marks: { mark: string; detail: string }[] = [];
  if (before.role !== now.role) {
    marks.push(
      now.role === 'primary'
        ? { mark: 'promoted', detail: 'role is now primary' }
        : { mark: 'demoted', detail: `replica of ${now.primary ?? 'nobody'}` },
    );
  }
  if (changesWillingness(before, now)) {
    marks.push(
      now.acceptsWrites
        ? { mark: 'accepts-writes', detail: `${now.replicas.length} good replicas` }
        : { mark: 'refuses-writes', detail: 'NOREPLICAS: too few good replicas' },
    );
  } else if (now.role === 'primary' && before.role === 'replica' && now.acceptsWrites === false) {
    marks.push({ mark: 'refuses-writes', detail: 'NOREPLICAS: too few good replicas' });
  }
  if (
    now.role === 'replica' &&
    now.linkUp &&
    (before.role === 'primary' || !before.linkUp || before.primary !== now.primary)
  ) {
    marks.push({ mark: 'attached', detail: `replica of ${now.primary ?? 'an unknown node'}` });
  }
  return marks;
}
