import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Access } from '../core/access.ts';
import type { AddressBook, AddressRow } from '../core/node.ts';
import { kafkajsSasl, platformaticSasl, wayTo } from './kafka-access.ts';
import { connectKafka } from './kafka-connection.ts';
import { kafkaNodeNames } from './kafka-ids.ts';

const VARIABLE = 'FIREDRILL_TEST_ACCESS';
const SECRET = 'never-to-be-printed';
const access: Access = { user: 'firedrill', password: { env: VARIABLE }, sasl: 'SCRAM-SHA-512' };
const row = (id: number, service = 'kafka'): AddressRow => ({
  node: `${service}-broker-${id}`,
  service,
  role: 'broker',
  listener: 'client',
  announced: { host: `broker-${id}.internal`, port: 9093 },
  address: { host: '127.0.0.1', port: 19_000 + id },
  access,
  terms: { 'node.id': String(40 + id) },
});
const book: AddressBook = { from: 'test', rows: [row(1, 'other'), row(1), row(2)] };

beforeEach(() => {
  process.env[VARIABLE] = SECRET;
});
afterEach(() => {
  delete process.env[VARIABLE];
});

describe('the way to a broker', () => {
  it('is found by what it announces, and by where it is reached', () => {
    expect(wayTo({ host: 'broker-2.internal', port: 9093 }, book, 'kafka')).toBe(book.rows[2]);
    expect(wayTo({ host: '127.0.0.1', port: 19_002 }, book, 'kafka')).toBe(book.rows[2]);
  });

  it('is looked for in its own service, where another has the same names', () => {
    expect(wayTo({ host: 'broker-1.internal', port: 9093 }, book, 'kafka')).toBe(book.rows[1]);
  });

  it('leads to where it says it is, with the rights of the others, where nobody knows it', () => {
    const announced = { host: '127.0.0.9', port: 9093 };
    expect(wayTo(announced, book, 'kafka')).toEqual({ announced, address: announced, access });
  });
});

describe('the number of a node', () => {
  it('is what was found, and else what the name of a node of ours says', () => {
    const ours = { node: 'controller-2', role: 'controller' };
    expect([...kafkaNodeNames([row(2), ours])]).toEqual([
      [42, 'kafka-broker-2'],
      [102, 'controller-2'],
    ]);
  });
});

describe('a password', () => {
  it('is no part of any options, and is read when it is asked for', () => {
    const kafkajs = kafkajsSasl(access).sasl as { readonly password: string };
    const platformatic = platformaticSasl(access).sasl as { password(): string };
    const printed = [
      inspect([kafkajs, platformatic], { depth: 9, getters: true }),
      JSON.stringify([kafkajs, platformatic]),
    ];
    expect(printed.join()).not.toContain(SECRET);
    process.env[VARIABLE] = 'another';
    expect([kafkajs.password, platformatic.password()]).toEqual(['another', 'another']);
  });

  it('that is not there is what an error is about, before anybody is asked', async () => {
    delete process.env[VARIABLE];
    const failure = await connectKafka(row(1), { timeoutMs: 1000, clientId: 'test' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'USAGE', message: expect.stringContaining(VARIABLE) });
  });
});
