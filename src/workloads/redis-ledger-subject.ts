// The subject: ioredis as an application has it, one client for everything, with its own queue and its own retries.
import { openSubject, type SubjectProfile } from '../clients/redis.ts';
import { outcomeOf } from '../clients/redis-outcome.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';
import { elementOf, type LedgerClient, type LedgerClientOptions, WAIT_SHORT, waitMsOf } from './redis-ledger-terms.ts';

export function openLedgerSubject(options: LedgerClientOptions, profile: SubjectProfile): LedgerClient {
  const { terms, addresses, clock } = options;
  const redis = openSubject({ addresses, service: terms.service, primaryName: terms.unit, profile });
  let connection = 0;
  redis.on('close', () => (connection += 1));

  const append = async (operation: Operation): Promise<Settlement> => {
    await redis.rpush(terms.key, elementOf(operation, terms));
    if (terms.confirmedBy === 0) return OK;
    const writtenOn = connection;
    const confirmed = await redis.wait(terms.confirmedBy, waitMsOf(operation, clock.nowMs()));
    // WAIT counts the writes of its own connection: on another one it confirms nothing, and at once.
    if (connection !== writtenOn) return { outcome: 'unknown', errorCode: 'WAIT_ELSEWHERE' };
    return confirmed < terms.confirmedBy ? WAIT_SHORT : OK;
  };
  return {
    send: async (operation) => {
      const sentOn = connection;
      try {
        return await append(operation);
      } catch (error) {
        const settlement = outcomeOf(error);
        // The client sends again by itself: a refusal of the second attempt says nothing of the first.
        return connection === sentOn ? settlement : { ...settlement, outcome: 'unknown' };
      }
    },
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}
