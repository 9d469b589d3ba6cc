// What the runner, the worker and the clients of a Redis ledger agree on. Cloned into the worker as it is.
import type { Clock } from '../core/clock.ts';
import type { AddressBook } from '../core/node.ts';
import type { Operation, Settlement } from './open-loop-operation.ts';

export interface LedgerTerms {
  /** The Redis service's name in the cluster. */
  readonly service: string;
  /** The ledger's only unit: the name under which the Sentinels watch the primary. */
  readonly unit: string;
  /** The list; element i is operation i. */
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

/** The number of the operation, padded: what stands in the list, and what `Number` reads out of it. */
export function elementOf(operation: Operation, terms: LedgerTerms): string {
  return String(operation.i).padEnd(terms.valueBytes);
}

/** How long WAIT may take, so that its answer is back before the deadline. */
export function waitMsOf(operation: Operation, nowMs: number): number {
  return Math.max(1, Math.floor((operation.expiresMs - nowMs) * 0.9));
}

export const WAIT_SHORT: Settlement = { outcome: 'unknown', errorCode: 'WAIT_SHORT' };
