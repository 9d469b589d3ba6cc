import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Records } from './support/kafka-records.ts';
import { leftovers } from './support/leftovers.ts';
import { acknowledged } from './support/ops.ts';
import { createSandbox } from './support/sandbox.ts';

const PLUGIN = join(import.meta.dirname, 'support/kafka-records.ts');

/** Both followers die, the leader acknowledges alone, dies too, and a follower that knows nothing of it is elected. */
const UNCLEAN = {
  title: 'An unclean election keeps what was acknowledged',
  use: ['fragments/kafka-healthy.yaml'],
  cluster: {
    services: ['kafka'],
    settings: {
      kafka: { 'unclean.leader.election.enable': true, 'min.insync.replicas': 1 },
      controller: { 'broker.session.timeout.ms': 6000 },
    },
    topics: { orders: { replicas: [[1, 2, 3]] } },
  },
  workloads: [
    { name: 'writes', workload: 'kafka.ledger', client: 'oracle', with: { topic: 'orders', rate: '50/s', acks: 1 } },
  ],
  timing: { warmUp: '3s', recoveryWithin: '60s', heldFor: '1s', drainWithin: '20s' },
  method: [
    { name: 'followers', fault: 'process.kill', targets: { followerOf: 'orders/0' }, hold: 'untilEnd', overlap: true },
    { name: 'fenced', waitFor: 'kafka.replication', tolerance: { brokersUnfenced: 1 }, atMost: '20s' },
    { name: 'alone', pause: '3s' },
    { name: 'leader', fault: 'process.kill', targets: { leaderOf: 'orders/0' }, hold: 'untilEnd', overlap: true },
    { name: 'gone', waitFor: 'kafka.quorum', tolerance: { activeControllers: 1 }, atMost: '10s' },
    { name: 'followers-back', revert: 'followers' },
    { name: 'elected', waitFor: 'kafka.replication', tolerance: { offline: 0, brokersUnfenced: 2 }, atMost: '40s' },
    { name: 'again', pause: '2s' },
  ],
  assertions: [{ assert: 'rpo', of: 'writes', with: { lostWrites: 0 } }],
};

it('an unclean election loses as many acknowledged records as another client counts', async () => {
  await using sandbox = await createSandbox({ plugins: [PLUGIN], runtime: 'counted' });
  const file = join(sandbox.dir, 'records.json');
  const run = sandbox.start(['run', sandbox.addDrill('unclean', UNCLEAN)], { env: { FIREDRILL_COPIES: file } });
  await run.endsWith(1);
  const { measured, assertions } = await run.result();
  // A record is a text that says its number: `fd1 <ledger> <number> <sent>`.
  const stored = new Set((JSON.parse(readFileSync(file, 'utf8')) as Records).map((text) => Number(text.split(' ')[2])));
  const sure = acknowledged(join(sandbox.reports, await run.runId()), 'writes');
  const lost = sure.filter((i) => !stored.has(i));
  console.log(`lost ${lost.length} of ${sure.length} acknowledged; ${stored.size} stored`);
  expect(lost.length).toBeGreaterThan(100);
  expect(measured['writes']?.lostWrites).toBe(lost.length);
  expect(assertions.find(({ kind }) => kind === 'rpo')?.verdict).toBe('failed');
  expect(leftovers(sandbox)).toEqual([]);
});
