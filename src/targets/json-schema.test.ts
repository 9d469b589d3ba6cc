import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaViolations } from '../../test/draft-07.ts';
import { builtin } from '../builtin.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { renderTargetSchema } from './json-schema.ts';

const schema = JSON.parse(renderTargetSchema(builtin)) as JsonObject;

it('is checked in as it is made', () => {
  const current = readFileSync('schema/target.schema.json', 'utf8') === renderTargetSchema(builtin);
  expect(current, 'schema/target.schema.json is out of date: npm run schema').toBe(true);
});

it('takes what the loader takes, and refuses what it refuses', () => {
  const text = `
environment: staging
services:
  cache:
    kind: redis-sentinel
    sentinels: [10.0.0.1:26379]
    access:
      redis: { user: firedrill, password: { env: REDIS_PASSWORD }, tls: { ca: ca.pem } }
    control: { by: command, kill: [pkill, redis], start: [go], timeout: 10s }
  events: { kind: kafka, bootstrap: ["10.0.0.2:9093"] }
`;
  const wrong = text.replace('{ env: REDIS_PASSWORD }', 'hunter2').replace('environment: staging', '');
  expect(schemaViolations(parse(text) as Json, schema)).toEqual([]);
  expect(schemaViolations(parse(wrong) as Json, schema).length).toBeGreaterThan(0);
});
