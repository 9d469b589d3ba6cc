import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Registry, Service } from '../core/kinds.ts';
import { parseTarget } from './load.ts';

const store = {
  kind: 'store',
  discover: async () => [],
  targetWords: {
    seeds: 'guards',
    roles: ['node', 'guard'],
    terms: { primaryName: { summary: 'what the guards call it', default: 'main' } },
  },
} as unknown as Service;
const closed = { kind: 'closed' } as unknown as Service;
const registry = { services: new Map([store, closed].map((one) => [one.kind, one])) } as unknown as Registry;

const load = (text: string) => parseTarget(text, 'targets/staging.target.yaml', registry);

describe('a target file', () => {
  it('says where to begin, with which rights, and what is over the params of drills', () => {
    const target = load(`
environment: staging
services:
  cache:
    kind: store
    guards: [10.0.0.1:26379, "[::1]:26379"]
    access:
      node:
        user: firedrill
        password: { file: secrets/node }
        tls: { ca: ca.pem }
      guard: { password: { env: GUARD }, tls: true }
zones: { "10.0.0.1:6379": a }
params: { rto: 30s, count: 3 }
`);
    expect(target).toMatchObject({ name: 'staging', environment: 'staging', prefix: 'firedrill-' });
    expect(target.params).toEqual({ rto: '30s', count: '3' });
    expect(target.zones).toEqual({ '10.0.0.1:6379': 'a' });
    expect(target.services).toEqual([
      {
        name: 'cache',
        kind: 'store',
        seeds: [
          { host: '10.0.0.1', port: 26379 },
          { host: '::1', port: 26379 },
        ],
        access: {
          node: {
            user: 'firedrill',
            password: { file: resolve('targets/secrets/node') },
            tls: { ca: resolve('targets/ca.pem') },
          },
          guard: { password: { env: 'GUARD' }, tls: {} },
        },
        terms: { primaryName: 'main' },
        ways: {},
        control: { by: 'none' },
      },
    ]);
  });

  it.each<[string, string, RegExp]>([
    [
      'a password in the file',
      'access: { node: { password: hunter2 } }',
      /:7:33: a password never stands in this file/,
    ],
    ['an unknown role', 'access: { nods: {} }', /:7:15: unknown key "nods"; did you mean "node"\?/],
    ['an unknown control', 'control: { by: comand }', /:7:\d+: expected a map with by: none, command or docker/],
    ['an address without a port', 'guards: [10.0.0.1]', /:7:14: expected host:port/],
  ])('tells of %s at its place, and never prints a secret', (_, line, message) => {
    const guards = line.startsWith('guards') ? '' : '    guards: [a:1]';
    const text = ['environment: staging', 'services:', '  cache:', '    kind: store', '', guards, `    ${line}`];
    expect(() => load(text.join('\n'))).toThrow(message);
    expect(() => load(text.join('\n'))).not.toThrow(/hunter2/);
  });

  it('says to what nobody can attach, and all mistakes at once', () => {
    const text = 'environment: x\nservices:\n  a: { kind: closed }\n  b: { guards: [a:1] }\nprefx: y\n';
    expect(() => load(text)).toThrow(
      expect.objectContaining({
        code: 'DRILL_INVALID',
        problems: [
          expect.objectContaining({ line: 3, col: 14, message: 'nobody can attach to a "closed"' }),
          expect.objectContaining({ line: 4, message: '"kind" is missing' }),
          expect.objectContaining({ line: 5, message: 'unknown key "prefx"', hint: 'did you mean "prefix"?' }),
        ],
      }),
    );
  });

  it('holds commands as lists of arguments, one command or several', () => {
    const control = (text: string) =>
      load(`environment: x\nservices: { a: { kind: store, guards: [a:1], control: ${text} } }`).services[0]?.control;
    expect(
      control(
        '{ by: command, kill: [ssh, "{host}", pkill], start: [[mask], [go, "{unit}"]], words: { node: { unit: r } } }',
      ),
    ).toEqual({
      by: 'command',
      kill: [['ssh', '{host}', 'pkill']],
      start: [['mask'], ['go', '{unit}']],
      timeout: 30_000,
      words: { node: { unit: 'r' } },
    });
    expect(() => control('{ by: command, kill: pkill }')).toThrow(/expected a list/);
  });
});

it('is checked by schemas that name what is missing', () => {
  expect(() => load('services: { a: { kind: store, guards: [a:1] } }')).toThrow(/"environment" is missing/);
});
