// What the runner, the worker and the clients of a Redis ledger have in common.
import { outcomeOf } from '../clients/redis-outcome.ts';
import type { Clock } from '../core/clock.ts';
import type { AddressBook } from '../core/node.ts';
import { OK, type Operation, type Settlement } from './open-loop-operation.ts';

/** Cloned into the worker as it is. */
export interface LedgerTerms {
  /** The workload's name in the drill. */
  readonly name: string;
  /** The Redis service's name in the cluster. */
  readonly service: string;
  /** The ledger's only unit: the name under which the Sentinels watch the primary. */
  readonly unit: string;
  /** The list; every element is the number of an operation. */
  readonly key: string;
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly inFlight?: number | undefined;
  /** Replicas that must have confirmed a write before it is ok; 0: the primary's word is enough. */
  readonly confirmedBy: number;
  readonly valueBytes: number;
}

export interface LedgerClient extends AsyncDisposable {
  send(operation: Operation): Promise<Settlement>;
}
export interface LedgerClientOptions {
  readonly terms: LedgerTerms;
  readonly addresses: AddressBook;
  readonly clock: Clock;
}

const startWithinMs = 2000;

/** Gives a client its first moment, so that a healthy start is no outage. What never becomes ready shows in its operations. */
export async function withinStart(ready: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, startWithinMs);
  });
  await Promise.race([ready, late]).finally(() => clearTimeout(timer));
}

/** The number of the operation, padded: what stands in the list, and what `Number` reads out of it. */
export function elementOf(operation: Operation, terms: LedgerTerms): string {
  return String(operation.i).padEnd(terms.valueBytes);
}

/** How long WAIT may take, so that its answer is back before the deadline. */
export function waitMsOf(operation: Operation, nowMs: number): number {
  return Math.max(1, Math.floor((operation.expiresMs - nowMs) * 0.9));
}

/** What a write became that the primary has taken: whatever befalls WAIT, it was applied. */
export async function confirmed(replicas: Promise<number>, terms: LedgerTerms): Promise<Settlement> {
  try {
    return (await replicas) >= terms.confirmedBy ? OK : { outcome: 'unknown', errorCode: 'WAIT_SHORT' };
  } catch (error) {
    return { outcome: 'unknown', errorCode: outcomeOf(error).errorCode };
  }
}
