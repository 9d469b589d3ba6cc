// Version 1 of what a program and Firedrill say to each other, one JSON object a line: docs/bring-your-own-client.md.
import { z } from 'zod';
import type { AddressRow } from '../core/node.ts';

export const PROTOCOL_VERSION = 1;

const operation = z.number().int().min(0).max(0xffff_ffff);
/** Of a clock that never goes back, from wherever it counts. Beyond 2^53 (104 days) the last digits are lost, harmlessly. */
const nanoseconds = z.number();
const unit = z.string().optional();
const code = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'expected one word of at most 64 letters')
  .optional();

/** What a program may say, by the key that a line is known by. */
const lines = {
  firedrill: z.object({ firedrill: z.number(), client: z.string().min(1), can: z.array(z.string()).default([]) }),
  clock: z.object({ clock: z.number().int().min(0), at: nanoseconds }),
  sent: z.object({ sent: operation, unit, at: nanoseconds, due: nanoseconds.optional() }),
  settled: z.object({
    settled: operation,
    outcome: z.enum(['ok', 'failed', 'unknown']),
    code,
    at: nanoseconds,
  }),
  notSent: z.object({ notSent: operation, unit, at: nanoseconds }),
  consumed: z.object({ consumed: operation, unit, at: nanoseconds, produced: nanoseconds.optional() }),
  processed: z.object({ processed: operation, unit, at: nanoseconds }),
  committed: z.object({ committed: operation, unit, at: nanoseconds }),
  deadLettered: z.object({ deadLettered: operation, unit, at: nanoseconds, code }),
  stopped: z.object({ stopped: z.literal(true) }),
  read: z.object({
    read: z.array(operation),
    unit,
    from: z.string().default('client'),
    authoritative: z.boolean().default(true),
  }),
  readBackDone: z.object({ readBackDone: z.literal(true) }),
  problem: z.object({ problem: z.string().min(1) }),
};
type Lines = { [K in keyof typeof lines]: z.output<(typeof lines)[K]> };
export type ProgramLine = Lines[keyof Lines];
export type HelloLine = Lines['firedrill'];
export type ClockLine = Lines['clock'];
export type SentLine = Lines['sent'];
export type SettledLine = Lines['settled'];
export type NotSentLine = Lines['notSent'];
export type ConsumedLine = Lines['consumed'];
export type ProcessedLine = Lines['processed'];
export type CommittedLine = Lines['committed'];
export type DeadLetteredLine = Lines['deadLettered'];
export type OperationLine = Lines[
  | 'sent'
  | 'settled'
  | 'notSent'
  | 'consumed'
  | 'processed'
  | 'committed'
  | 'deadLettered'];
export type ReadLine = Lines['read'];

/** Throws an Error that says what is wrong with the line. Fields that are not known are passed over, lines are not. */
export function parseProgramLine(text: string): ProgramLine {
  const value = parseJson(text);
  const key = (Object.keys(lines) as (keyof typeof lines)[]).find((each) => Object.hasOwn(value, each));
  if (key === undefined) throw new Error(`no line of this protocol: expected one of ${Object.keys(lines).join(', ')}`);
  const parsed = lines[key].safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

/** Which unit a line is about: where there is only one, it need not be said. Throws an Error if it is none of them. */
export function unitIndex(units: readonly string[], name: string | undefined): number {
  const index = name === undefined && units.length === 1 ? 0 : units.indexOf(name ?? '');
  if (index >= 0) return index;
  throw new Error(`${name === undefined ? 'no unit' : `unit ${name}`}: expected one of ${units.join(', ')}`);
}

function parseJson(text: string): object {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error('not a JSON object');
}

/** What Firedrill says to the program. The end of its input is the last word: it is to exit then. */
export type FiredrillLine =
  | { readonly clock: number; readonly at: number }
  | { readonly start: StartOrder }
  | { readonly stop: true }
  | { readonly readBack: { readonly withinMs: number; readonly addresses: readonly AddressRow[] } };

export interface StartOrder {
  readonly units: readonly string[];
  /** Per unit. */
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
  readonly seed: number;
}
