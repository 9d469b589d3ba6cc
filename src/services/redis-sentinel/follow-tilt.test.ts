import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../../test/loopback-sentinel.ts';
import type { EventBody } from '../../core/journal.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { follow } from './follow.ts';

let cluster: LoopbackSentinel;
beforeAll(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 60_000 });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

it('a Sentinel that went into TILT while nobody listened is told of when it is reached, once', async () => {
  cluster.signal('sentinel-1', 'SIGSTOP');
  // The stimulus: a Sentinel has to stand still for over 2 s.
  await sleep(2500);
  cluster.signal('sentinel-1', 'SIGCONT');
  await vi.waitFor(async () => expect(String(await cluster.ask('sentinel-1', 'INFO'))).toContain('sentinel_tilt:1'));
  const events: EventBody[] = [];
  const cx = {
    cluster: { addresses: () => cluster.addresses },
    journal: { write: (event: EventBody) => void events.push(event) },
  } as unknown as LiveContext;
  await using _ = await follow('cache', cx);
  const tilts = (): readonly EventBody[] => events.filter((event) => event.type === 'mark' && event.mark === '+tilt');
  await vi.waitFor(() => expect(tilts()).toHaveLength(1));
  // Its listener is lost, and found again.
  await cluster.ask('sentinel-1', 'CLIENT', 'KILL', 'TYPE', 'pubsub');
  await vi.waitFor(async () =>
    expect(String(await cluster.ask('sentinel-1', 'CLIENT', 'LIST'))).toContain('cmd=psubscribe'),
  );
  expect(tilts()).toMatchObject([{ source: 'sentinel-1', detail: 'found in TILT when it was reached' }]);
});
