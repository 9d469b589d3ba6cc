// Runs a redis.ledger against a cluster as the engine would, and reads its files: for tests.
import { mkdtemp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import type { Workload } from '../src/core/kinds.ts';
import type { ReadBackHeader } from '../src/journal/ops-format.ts';
import { redisLedger } from '../src/workloads/redis-ledger.ts';
import type { LoopbackSentinel } from './loopback-sentinel.ts';
import { runWorkload, type WorkloadRun } from './run-workload.ts';

export interface LedgerRun extends WorkloadRun {
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
export async function startLedger(
  cluster: Pick<LoopbackSentinel, 'addresses' | 'dir'>,
  params: z.input<typeof redisLedger.params> = {},
  options: LedgerOptions = {},
): Promise<LedgerRun> {
  const dir = await mkdtemp(join(cluster.dir, 'run-'));
  const kind: Workload<z.output<typeof redisLedger.params>> = {
    ...redisLedger,
    start: (parsed, cx) => redisLedger.start(parsed, { ...cx, runId: basename(dir), ...options }),
  };
  const run = await runWorkload(kind, params, { dir, addresses: cluster.addresses });
  return {
    ...run,
    readBack: async (withinMs = 10_000) => {
      await run.workload.readBack(cluster.addresses, withinMs);
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
