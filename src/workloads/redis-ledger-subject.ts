// The subject: ioredis as an application has it, one client for everything, with its own queue and its own retries.
import { openSubject, type SubjectProfile } from '../clients/redis.ts';
import { outcomeOf } from '../clients/redis-outcome.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';
import {
  confirmed,
  elementOf,
  type LedgerClient,
  type LedgerClientOptions,
  waitMsOf,
  withinStart,
} from './redis-ledger-terms.ts';

export async function openLedgerSubject(options: LedgerClientOptions, profile: SubjectProfile): Promise<LedgerClient> {
  const { terms, addresses, clock } = options;
  const subject = openSubject({
    addresses,
    service: terms.service,
    primaryName: terms.unit,
    profile,
    name: terms.name,
  });
  const { redis } = subject;
  let connection = 0;
  redis.on('close', () => {
    connection += 1;
  });
  await withinStart(new Promise((resolve) => redis.once('ready', () => resolve())));

  const append = async (operation: Operation): Promise<Settlement> => {
    await redis.rpush(terms.key, elementOf(operation, terms));
    if (terms.confirmedBy === 0) return OK;
    const writtenOn = connection;
    const settlement = await confirmed(redis.wait(terms.confirmedBy, waitMsOf(operation, clock.nowMs())), terms);
    // WAIT counts the writes of its own connection: on another one it confirms nothing, and at once.
    return connection === writtenOn ? settlement : { outcome: 'unknown', errorCode: 'WAIT_ELSEWHERE' };
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
    [Symbol.asyncDispose]: async () => subject[Symbol.dispose](),
  };
}
