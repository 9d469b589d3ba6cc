// What Kafka denies us, said with the right that is missing. It is never an empty answer, and never a zero.
import { DrillError } from '../core/error.ts';
import type { Right } from '../core/right.ts';
import { kafkaErrorName } from './kafka-api.ts';

/** Throws PLAN_REFUSED where the code says that we lack a right. `call` is what was asked: `ListOffsets`. */
export function checkAllowed(code: number, call: string, { act }: Right): void {
  const error = kafkaErrorName(code);
  if (!error.endsWith('_AUTHORIZATION_FAILED')) return;
  const [operation, type = '', name] = act;
  const on = type === 'Cluster' ? 'the cluster' : `${type.toLowerCase()} ${name}`;
  throw new DrillError('PLAN_REFUSED', `Kafka denies us ${operation} on ${on} (${call}: ${error})`, {
    hint: `Give the user of the target file this right: ${operation} on ${on}.`,
  });
}

/** We may not, or are not let in: asking again, or asking somebody else, changes nothing. */
export function isDenied(error: unknown): error is DrillError {
  return error instanceof DrillError && (error.code === 'PLAN_REFUSED' || error.code === 'USAGE');
}

/** Of what several have answered: throws the first refusal of a right, if there is any. */
export function throwDenied(answers: Iterable<unknown>): void {
  for (const answer of answers) if (isDenied(answer)) throw answer;
}

/** For `catch`: what cannot be had just now is left out, and what we may not have is thrown. */
export function unlessDenied<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isDenied(error)) throw error;
    return instead;
  };
}
