// Starts the prober, and tells the gaps of service that it saw as intervals of the run's time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Access } from '../../src/core/access.ts';
import type { Address, AddressBook } from '../../src/core/node.ts';

/** A gap of service: it began after `fromMs` and was over by `toMs`, and lasted this long at least and at most. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

export interface Prober extends AsyncDisposable {
  /** Ends it. */
  gaps(originNs: bigint): Promise<readonly Gap[]>;
}

interface Seen {
  readonly last: { readonly sentNs: string; readonly settledNs: string };
  readonly first: { readonly sentNs: string; readonly settledNs: string };
  /** Service was gone by the one moment, and still at the other; absent when nothing but silence showed it. */
  readonly byNs?: string;
  readonly stillNs?: string;
}

/** It takes the ways of `book`. Resolves when it has written for the first time. */
export async function startProber(book: AddressBook): Promise<Prober> {
  const of = (role: string): AddressBook['rows'] => book.rows.filter((row) => row.role === role);
  const nodes = of('redis').map(({ announced, address }) => [`${announced.host}:${announced.port}`, address] as const);
  const ways = { sentinels: of('sentinel').map(({ address }): Address => address), nodes: Object.fromEntries(nodes) };
  const enter = { redis: enteringOf(of('redis')[0]?.access), sentinel: enteringOf(of('sentinel')[0]?.access) };
  return await launchProber('prober.ts', { ...ways, enter });
}

function enteringOf(access: Access = {}): object {
  const { tls, user, password } = access;
  if (password === undefined) return { tls };
  if ('file' in password) throw new Error('the prober takes passwords from environment variables');
  return { tls, user, passwordIn: password.env };
}

/** Starts a prober of `test/`, which is told the ways as JSON. */
export async function launchProber(program: string, ways: unknown): Promise<Prober> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', program), JSON.stringify(ways)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first: string | undefined = (await lines.next()).value;
  if (first !== 'ready') throw new Error(`the prober said ${first}`);
  return {
    gaps: async (originNs) => {
      child.stdin.end();
      const seen = JSON.parse((await lines.next()).value ?? '') as readonly Seen[];
      return seen.map((gap) => inRunTime(gap, originNs));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** It tries only every 2 ms, and later when it is kept from running: what it did not ask is not held against the server. */
function inRunTime({ last, first, byNs, stillNs }: Seen, originNs: bigint): Gap {
  const ms = (ns: string): number => Number(BigInt(ns) - originNs) / 1e6;
  const [fromMs, toMs] = [ms(last.sentNs), ms(first.settledNs)];
  const lowMs = byNs === undefined || stillNs === undefined ? 0 : Math.max(0, ms(stillNs) - ms(byNs));
  return { fromMs, toMs, highMs: toMs - fromMs, lowMs };
}
