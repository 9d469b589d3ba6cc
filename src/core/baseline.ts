// A recorded baseline: what a cluster was set to, and what was predicted of it, on one day. A file that people keep in git.
import { z } from 'zod';
import { DrillError } from './error.ts';
import { formatMs } from './units.ts';

export const BASELINE_SCHEMA = 'firedrill.baseline/1';

const text = z.string();
const texts = z.array(text).readonly();
const scope = z.strictObject({
  of: texts,
  same: z.record(text, text),
  differing: z.record(text, z.record(text, text)),
});

const failure = z.strictObject({
  what: text,
  who: texts,
  outage: z.enum(['band', 'none', 'lasting', 'unknown']),
  lowMs: z.number().optional(),
  highMs: z.number().optional(),
});

const service = z.strictObject({
  kind: text,
  counts: z.record(text, z.number()).describe('How many there are of what: replicas, Sentinels, brokers.'),
  zones: z.record(text, text).describe('Node → failure domain, of those that have been placed.'),
  versions: z.record(text, text).describe('Node → what it runs.'),
  holds: z.record(text, z.record(text, z.number())).describe('Topics, with their partitions and copies.'),
  settings: z.record(text, scope),
  failures: z.array(failure).readonly(),
  hazards: z.array(z.strictObject({ id: text, severity: z.enum(['critical', 'warning']), what: text })).readonly(),
});

export const baselineSchema = z.strictObject({
  schema: z.literal(BASELINE_SCHEMA),
  target: text,
  environment: text,
  /** Wall clock, ISO 8601. */
  recordedAt: text,
  firedrill: text,
  services: z.record(text, service),
});

export type Baseline = z.output<typeof baselineSchema>;
export type ServiceBaseline = z.output<typeof service>;
export type RecordedFailure = z.output<typeof failure>;

/** Throws USAGE for what is none, and for one of a newer form. `file` is only named. */
export function parseBaseline(content: string, file: string): Baseline {
  const at = { at: file, hint: 'firedrill baseline --target <name> --write <file> records one.' };
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DrillError('USAGE', 'this is no baseline: it is not JSON', at);
  }
  const schema = (value as { readonly schema?: unknown } | null)?.schema;
  if (schema !== BASELINE_SCHEMA) {
    const is = typeof schema === 'string' ? `it is ${schema}` : 'it does not say what it is';
    throw new DrillError('USAGE', `this is no baseline of the form ${BASELINE_SCHEMA}: ${is}`, at);
  }
  const parsed = baselineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DrillError('USAGE', `this baseline is damaged: ${issue?.path.join('.')}: ${issue?.message}`, at);
}

/** `5.30 s to 7.20 s`, `no outage`, `until somebody acts`. */
export function outcomeText({ outage, lowMs, highMs }: Pick<RecordedFailure, 'outage' | 'lowMs' | 'highMs'>): string {
  const band = lowMs === undefined || highMs === undefined ? undefined : `${formatMs(lowMs)} to ${formatMs(highMs)}`;
  switch (outage) {
    case 'band':
      return band ?? 'cannot tell';
    case 'none':
      return 'no outage';
    case 'lasting':
      return band === undefined ? 'until somebody acts' : `${band}, for some until somebody acts`;
    case 'unknown':
      return 'cannot tell';
  }
}
