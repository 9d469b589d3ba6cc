// Runs a ledger against a cluster as the engine would, and reads its files: for tests.
import { mkdtemp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import type { Workload } from '../src/core/kinds.ts';
import type { AddressBook } from '../src/core/node.ts';
import type { ReadBackHeader } from '../src/journal/ops-format.ts';
import { kafkaLedger } from '../src/workloads/kafka-ledger.ts';
import { redisLedger } from '../src/workloads/redis-ledger.ts';
import type { LoopbackKafka } from './loopback-kafka.ts';
import type { LoopbackSentinel } from './loopback-sentinel.ts';
import { runWorkload, type WorkloadRun } from './run-workload.ts';

export interface LedgerRun extends WorkloadRun {
  /** Where its files are: `writes.ndjson`, `writes.read.ndjson`. */
  readonly dir: string;
  readBack(withinMs?: number): Promise<readonly Copy[]>;
}

export interface Copy extends ReadBackHeader {
  readonly values: readonly number[];
}

export interface LedgerOptions {
  readonly client?: string;
  readonly opsFile?: string;
}

/** Each run has a ledger of its own. */
export function startLedger(
  { addresses, dir }: Pick<LoopbackSentinel, 'addresses' | 'dir'>,
  params: z.input<typeof redisLedger.params> = {},
  options: LedgerOptions = {},
): Promise<LedgerRun> {
  return start(redisLedger, params, { ...options, parent: dir, addresses, probes: addresses });
}

/** The same for Kafka: it writes to the `client` listeners, and reads back from the `probe` ones. */
export function startKafkaLedger(
  cluster: Pick<LoopbackKafka, 'book' | 'dir'>,
  params: z.input<typeof kafkaLedger.params>,
  options: LedgerOptions & { readonly addresses?: AddressBook } = {},
): Promise<LedgerRun> {
  const books = { addresses: cluster.book('client'), probes: cluster.book('probe') };
  return start(kafkaLedger, params, { parent: cluster.dir, ...books, ...options });
}

interface Start extends LedgerOptions {
  readonly parent: string;
  readonly addresses: AddressBook;
  readonly probes: AddressBook;
}

async function start<P>(ledger: Workload<P>, params: unknown, options: Start): Promise<LedgerRun> {
  const { parent, addresses, probes, ...over } = options;
  const dir = await mkdtemp(join(parent, 'run-'));
  const kind: Workload<P> = {
    ...ledger,
    start: (parsed, cx) => ledger.start(parsed, { ...cx, runId: basename(dir), ...over }),
  };
  const run = await runWorkload(kind, params, { dir, addresses });
  return {
    ...run,
    dir,
    readBack: async (withinMs = 10_000) => {
      await run.workload.readBack(probes, withinMs);
      return parseCopies(await readFile(join(dir, 'writes.read.ndjson'), 'utf8'));
    },
  };
}

function parseCopies(text: string): Copy[] {
  const copies: { header: ReadBackHeader; values: number[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const item = JSON.parse(line) as ReadBackHeader | number[];
    if (Array.isArray(item)) copies.at(-1)?.values.push(...item);
    else copies.push({ header: item, values: [] });
  }
  return copies.map(({ header, values }) => ({ ...header, values }));
}
