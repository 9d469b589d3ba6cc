// What a kind may use, over a Kafka on loopback: for tests that need no runtime.
import { createClock } from '../src/core/clock.ts';
import type { Json } from '../src/core/json.ts';
import type { ActionContext } from '../src/core/kinds.ts';
import type { LoopbackKafka } from './loopback-kafka.ts';

export interface KafkaContext extends ActionContext {
  /** What actions have said that they leave, the latest last. */
  readonly priors: readonly Json[];
}

/** Its cluster knows addresses and nothing else: it can neither kill nor cut. */
export function contextOf(kafka: LoopbackKafka): KafkaContext {
  const priors: Json[] = [];
  const spec = { runId: 'test', nodes: [], links: [], files: {}, clientHosts: [] };
  return {
    cluster: {
      owned: true,
      spec,
      handle: { v: 1, runtime: 'loopback', runId: 'test', spec, state: {} },
      addresses: () => kafka.book('probe'),
      can: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    clock: createClock(),
    journal: { write: () => undefined },
    signal: new AbortController().signal,
    workloads: new Map(),
    before: { atMs: 0, nodes: [], services: {} },
    undoWith: async (prior) => {
      priors.push(prior);
    },
    priors,
  };
}
