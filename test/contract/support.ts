import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { Capabilities, Capability, Cluster, ClusterHandle, ClusterSpec } from '../../src/core/cluster.ts';
import type { Runtime, RuntimeContext } from '../../src/core/kinds.ts';
import { PROBE } from '../../src/core/node.ts';
import { redisSpec } from './redis-spec.ts';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** Capabilities that it does not offer, each with its reason: in the names of the tests that are skipped for it. */
  readonly lacks: Partial<Readonly<Record<Capability, string>>>;
  /** Why none of it can be tried on this machine; undefined = it can. */
  readonly unavailable?: string | undefined;
  /** A module that exports it as `runtime`, for the process of a runner that is killed. */
  readonly module: URL;
  /** Everything of a run that is on the machine: processes, containers, directories, mounts, leases. For people. */
  leftovers(handle: ClusterHandle): Promise<readonly string[]>;
  /** Ends the cluster's Toxiproxy, behind the runtime's back. */
  killToxiproxy(handle: ClusterHandle): Promise<void>;
  /** Starts another one at the same address, which knows nothing. */
  startToxiproxy(handle: ClusterHandle): Promise<AsyncDisposable>;
}

let counter = 0;

/** Unlike that of any other test, in this process or another. */
export function newRunId(): string {
  counter++;
  return `contract-${process.pid}-${counter}`;
}

/** Keeps nothing and says nothing. */
export function context(over: Partial<RuntimeContext> = {}): RuntimeContext {
  const signal = new AbortController().signal;
  return { save: async () => {}, onProgress: () => {}, keep: false, logsTo: undefined, signal, ...over };
}

/** Two Redis nodes: enough for what is not about Redis. */
export function smallSpec(): ClusterSpec {
  return redisSpec(newRunId(), { redis: 2, sentinels: 0 });
}

/** A cluster whose nodes all answer, taken down after the test. */
export async function openCluster(
  runtime: Runtime,
  spec: ClusterSpec,
  over: Partial<RuntimeContext> = {},
): Promise<Cluster> {
  const cluster = await runtime.open(spec, context(over));
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  await everyNodeAnswers(cluster);
  return cluster;
}

/** Waits for a condition, and fails with what it last saw. */
export async function until<T>(read: () => Promise<T> | T, expected: T, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  let seen: unknown;
  do {
    seen = await Promise.resolve()
      .then(read)
      .catch((error: unknown) => error);
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
    await sleep(20);
  } while (Date.now() < deadline);
  expect(seen).toEqual(expected);
}

export async function everyNodeAnswers(cluster: Cluster): Promise<void> {
  const names = cluster.spec.links.filter((link) => link.from === PROBE).map((link) => link.name);
  const answers = async (): Promise<boolean[]> => Object.values(await able(cluster, 'links').answers(names, 500));
  await until(
    answers,
    names.map(() => true),
  );
}

/** A test of what a runtime may lack. Where it does, the test is skipped, with the reason in its name. */
export function itWith(
  capability: Capability,
  subject: RuntimeUnderTest,
  what: string,
  body: () => Promise<void>,
): void {
  const why = subject.lacks[capability];
  it(why === undefined ? what : `${what} [no ${capability}: ${why}]`, ({ skip }) =>
    why === undefined ? body() : skip(why),
  );
}

/** The suite where the runtime can be had; else one test that is skipped, with the reason in its name. */
export function describeWhereAvailable(name: string, { unavailable }: RuntimeUnderTest, suite: () => void): void {
  if (unavailable === undefined) suite();
  else it(`holds the runtime ${name} to its contract [not here: ${unavailable}]`, ({ skip }) => skip(unavailable));
}

/** A capability that the runtime has to have. */
export function able<C extends Capability>(cluster: Cluster, capability: C): Capabilities[C] {
  const found = cluster.can(capability);
  if (found === undefined) throw new Error(`the runtime does not offer ${capability}`);
  return found;
}
