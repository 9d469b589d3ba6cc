import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createClock } from '../core/clock.ts';
import type { JournalEvent } from '../core/journal.ts';
import type { LiveContext, Service } from '../core/kinds.ts';
import { lookBefore } from './gate.ts';
import type { Session } from './session.ts';

/** It answers after 600 ms, to whoever waits for so long; 400 ms is what services wait without being told. */
const slow = {
  view: async (_: string, { patienceMs = 400 }: LiveContext) => {
    await sleep(Math.min(600, patienceMs));
    return { kind: 'store', roles: patienceMs > 600 ? { 'store-1': ['store'] } : {}, facts: {} };
  },
  settings: async (_: string, { patienceMs = 400 }: LiveContext) => (patienceMs > 600 ? { 'store-1': { a: '1' } } : {}),
} as unknown as Service;

it('what will be compared with waits for a node that is slow to answer', async () => {
  const written: Partial<JournalEvent>[] = [];
  const session = {
    cluster: { spec: { nodes: [{ name: 'store-1', service: 'store' }] } },
    clock: createClock(),
    journal: { write: (event: Partial<JournalEvent>) => void written.push(event) },
    ending: new AbortController().signal,
    plan: { services: new Map([['store', slow]]) },
  } as unknown as Session;
  const { view, settings } = await lookBefore(session);
  expect(view.nodes).toMatchObject([{ name: 'store-1', roles: ['store'] }]);
  expect(settings).toEqual({ store: { 'store-1': { a: '1' } } });
  expect(written.map(({ type }) => type)).toEqual(['view', 'settings']);
});
