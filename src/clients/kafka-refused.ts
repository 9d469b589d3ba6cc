import { DrillError } from '../core/error.ts';
import type { Refusal } from './kafka-admin.ts';

const MOST_TOLD = 5;

/** What the controller would not do: `not elected: orders/0 PREFERRED_LEADER_NOT_AVAILABLE (…)`. */
export function refused(what: string, refusals: readonly Refusal[], hint: string): DrillError {
  const told = refusals
    .slice(0, MOST_TOLD)
    .map(({ unit, error, message }) => `${unit} ${error}${message === '' ? '' : ` (${message})`}`);
  const more = refusals.length > MOST_TOLD ? `, and ${refusals.length - MOST_TOLD} more` : '';
  return new DrillError('FAULT_NOT_PROVED', `${what}: ${told.join(', ')}${more}`, { hint });
}
