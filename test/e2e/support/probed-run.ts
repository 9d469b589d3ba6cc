// One run of one fault, measured twice: by the oracle of the drill, and by the prober beside it.
import type { AddressBook } from '../../../src/core/node.ts';
import type { Report } from '../../../src/core/report.ts';
import { clusterOf } from '../../../src/runtimes/local/cluster.ts';
import { startKafkaProber } from '../../support/kafka-prober.ts';
import { type Gap, type Prober, startProber } from '../../support/start-prober.ts';
import { handleOf } from './nodes.ts';
import { type DrillDocument, quickDrill } from './quick-drill.ts';
import type { Sandbox } from './sandbox.ts';

const faults = {
  kill: { fault: 'process.kill', targets: 'redis-primary' },
  pause: { fault: 'process.pause', targets: 'redis-primary' },
  cut: { fault: 'network.partition', with: { isolate: 'redis-primary' } },
} as const;

/** `leader` is a killed leader of a Kafka partition; the others happen to the primary of Redis. */
export type ProbedFault = keyof typeof faults | 'leader';
export const PROBED_FAULTS: readonly ProbedFault[] = ['kill', 'pause', 'cut', 'leader'];

const SPACING_MS = 10;

/** Writes 100 times a second, each acknowledged by the primary alone: what the prober calls service. */
export function probedDrill(fault: keyof typeof faults): DrillDocument {
  return quickDrill({
    timing: { warmUp: '5s', recoveryWithin: '40s', heldFor: '1s' },
    method: [{ name: 'hurt', ...faults[fault], hold: { until: 'recovered', atMost: '15s' } }],
    assertions: [{ assert: 'rto', of: 'writes', since: 'hurt', with: { atMost: '14s' } }],
  });
}

export interface Probed {
  readonly report: Report;
  readonly probed: Gap;
  readonly measured: { readonly fromMs: number; readonly lowMs: number; readonly highMs: number };
  readonly intersects: boolean;
  /** What high - low may be at most: the bar. */
  readonly allowedWidthMs: number;
}

/** A partition whose leader is killed, with the drill's own links between everybody. */
const kafkaDrill: DrillDocument = {
  title: 'A killed leader is replaced',
  use: ['fragments/kafka-healthy.yaml'],
  cluster: {
    services: ['kafka'],
    settings: { controller: { 'broker.session.timeout.ms': 6000 } },
    topics: { orders: { replicas: [[1, 2, 3]] } },
  },
  workloads: [{ name: 'writes', workload: 'kafka.ledger', client: 'oracle', with: { topic: 'orders', rate: '100/s' } }],
  timing: { warmUp: '5s', recoveryWithin: '60s', heldFor: '1s', drainWithin: '20s' },
  method: [
    {
      name: 'hurt',
      fault: 'process.kill',
      targets: { leaderOf: 'orders/0' },
      hold: { until: 'recovered', atMost: '20s' },
    },
  ],
  assertions: [{ assert: 'rto', of: 'writes', since: 'hurt', with: { atMost: '19s' } }],
};

export async function runProbed(sandbox: Sandbox, fault: ProbedFault): Promise<Probed> {
  const drill = fault === 'leader' ? kafkaDrill : probedDrill(fault);
  const start: StartProber = fault === 'leader' ? (ways) => startKafkaProber(ways, PARTITION) : startProber;
  const seen = await runBeside(sandbox, sandbox.addDrill(`probed-${fault}`, drill), start);
  const [{ calledAtMs, confirmedAtMs = calledAtMs } = { calledAtMs: 0 }] = seen.report.faults;
  return { ...seen, allowedWidthMs: 2 * SPACING_MS + 20 + (fault === 'cut' ? confirmedAtMs - calledAtMs : 0) };
}

const PARTITION = { topic: 'orders', partition: 0, acks: 'all' } as const;

type StartProber = (ways: AddressBook) => Promise<Prober>;

async function runBeside(sandbox: Sandbox, drill: string, start: StartProber): Promise<Omit<Probed, 'allowedWidthMs'>> {
  const run = sandbox.start(['run', drill]);
  const started = await run.until('the run', ({ type }) => type === 'run');
  await run.until('the writes', (event) => event.type === 'workload' && event.state === 'started');
  // The way of the drill's own client: what hits the one hits the other.
  await using prober = await start(clusterOf(handleOf(sandbox, await run.runId())).addresses('client:writes'));
  await run.untilPhase('drain');
  const gaps = await prober.gaps(BigInt(started.type === 'run' ? started.originNs : 0));
  await run.endsWith(0);
  const report = await run.result();
  const [probed] = gaps.toSorted((a, b) => b.highMs - a.highMs);
  const outages = report.measured['writes']?.units[0]?.outages ?? [];
  const [outage] = outages.toSorted((a, b) => b.lowMs - a.lowMs);
  if (probed === undefined || outage?.highMs === undefined) throw new Error('nobody saw an outage');
  return {
    report,
    probed,
    measured: { fromMs: outage.fromMs, lowMs: outage.lowMs, highMs: outage.highMs },
    intersects: probed.lowMs <= outage.highMs && outage.lowMs <= probed.highMs,
  };
}
