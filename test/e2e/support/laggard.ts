// A client that was told an address: it goes on connecting there, whoever is the primary.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirect } from '../../../src/clients/redis.ts';
import type { NodeName } from '../../../src/core/node.ts';
import type { SecuredRedis } from '../../support/secured-redis.ts';

const AGAIN_MS = 50;

/** Until it is disposed. */
export function plantLaggard(redis: SecuredRedis, node: NodeName, name: string): AsyncDisposable {
  const stop = new AbortController();
  const row = redis.addresses.rows.find((each) => each.node === node);
  if (row === undefined) throw new Error(`no such node: ${node}`);
  const loop = (async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const connection = await connectDirect(row, { timeoutMs: 1000, name }).catch(() => undefined);
      if (connection !== undefined) {
        const closed = new Promise<void>((resolve) => connection.once('close', () => resolve()));
        const end = (): void => connection.disconnect();
        stop.signal.addEventListener('abort', end, { once: true });
        if (stop.signal.aborted) end();
        await closed;
        stop.signal.removeEventListener('abort', end);
      }
      await sleep(AGAIN_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await loop;
    },
  };
}
