import { createClock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { serveOpenLoop } from './open-loop-worker.ts';
import { openOracle } from './redis-ledger-oracle.ts';
import { openLedgerSubject } from './redis-ledger-subject.ts';
import type { LedgerClient, LedgerClientOptions, LedgerTerms } from './redis-ledger-terms.ts';

serveOpenLoop<LedgerTerms>(async ({ data: terms, context }) => {
  const clock = createClock(context.originNs);
  const client = await openClient(context.client, { terms, addresses: context.addresses, clock });
  const header: OpsHeader = {
    v: 1,
    workload: context.name,
    kind: 'redis.ledger',
    client: context.client,
    service: terms.service,
    units: [terms.unit],
    spacingMs: 1000 / terms.ratePerSecond,
    deadlineMs: terms.deadlineMs,
    ledger: true,
    okMeans: meaningOf(terms.confirmedBy),
  };
  return { ...client, header, inFlight: terms.inFlight };
});

async function openClient(name: string, options: LedgerClientOptions): Promise<LedgerClient> {
  switch (name) {
    case 'oracle':
      return await openOracle(options);
    case 'ioredis':
      return await openLedgerSubject(options, 'defaults');
    case 'ioredis/hardened':
      return await openLedgerSubject(options, 'hardened');
    default:
      throw new DrillError('INTERNAL', `redis.ledger has no client ${name}`);
  }
}

function meaningOf(confirmedBy: number): string {
  return confirmedBy === 0 ? 'acknowledged by the primary' : `acknowledged and confirmed by WAIT ${confirmedBy}`;
}
