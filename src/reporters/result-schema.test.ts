import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../core/json.ts';
import type { Report } from '../core/report.ts';
import { resultJsonSchema, resultSchema } from './result-schema.ts';
import { sampleReports } from './testing/reports.ts';

const file = 'schema/result.schema.json';
const checkedIn: unknown = JSON.parse(readFileSync(file, 'utf8'));
const reports = Object.entries(sampleReports);

/** As it stands in result.json. */
function written(report: Report): Record<string, unknown> {
  return JSON.parse(JSON.stringify(report));
}

/** Read-only everywhere, and a key that may be missing like one that may be undefined: what JSON makes no difference of. */
type Normal<T> = T extends Json[] | readonly Json[]
  ? readonly Normal<T[number]>[]
  : T extends object
    ? Json extends T[keyof T]
      ? 'json'
      : { readonly [K in keyof T]-?: Normal<Exclude<T[K], undefined>> | (undefined extends T[K] ? undefined : never) }
    : T;

describe('the schema of result.json', () => {
  it('says what the type says: every key, of the same type', () => {
    expectTypeOf<keyof z.output<typeof resultSchema>>().toEqualTypeOf<keyof Report>();
    expectTypeOf<Normal<z.output<typeof resultSchema>>>().toEqualTypeOf<Normal<Report>>();
  });

  it(`is checked in as ${file} (npx vitest run -u src/reporters)`, async () => {
    await expect(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(`../../${file}`);
  });

  it.each(reports)('knows the report that is %s', (_, report) => {
    expect(resultSchema.parse(written(report))).toEqual(written(report));
  });

  it.each(reports)('as JSON Schema, knows the report that is %s', (_, report) => {
    const schema = z.fromJSONSchema(checkedIn as Parameters<typeof z.fromJSONSchema>[0]);
    expect(schema.safeParse(written(report)).error?.issues).toBeUndefined();
  });

  const wrong: [string, object][] = [
    ['another version', { schema: 'firedrill.result/2' }],
    ['no such verdict', { verdict: 'skipped' }],
    ['a missing list', { faults: undefined }],
    ['a text for a number', { durationMs: '38 s' }],
    ['an outage without its bounds', { measured: { a: { ...(written(sampleReports.passed)['measured'] as object) } } }],
  ];
  it.each(wrong)('refuses %s', (_, part) => {
    const schema = z.fromJSONSchema(checkedIn as Parameters<typeof z.fromJSONSchema>[0]);
    const document = written({ ...sampleReports.passed, ...part } as Report);
    expect(schema.safeParse(document).success).toBe(false);
    expect(resultSchema.safeParse(document).success).toBe(false);
  });
});
