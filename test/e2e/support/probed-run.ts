// One run of one fault, measured twice: by the oracle of the drill, and by the prober beside it.
import type { Report } from '../../../src/core/report.ts';
import { clusterOf } from '../../../src/runtimes/local/cluster.ts';
import { type Gap, startProber } from '../../support/start-prober.ts';
import { handleOf } from './nodes.ts';
import { type DrillDocument, quickDrill } from './quick-drill.ts';
import type { Sandbox } from './sandbox.ts';

const faults = {
  kill: { fault: 'process.kill', targets: 'redis-primary' },
  pause: { fault: 'process.pause', targets: 'redis-primary' },
  cut: { fault: 'network.partition', with: { isolate: 'redis-primary' } },
} as const;

export type ProbedFault = keyof typeof faults;
export const PROBED_FAULTS = Object.keys(faults) as readonly ProbedFault[];

/** Writes 100 times a second, each acknowledged by the primary alone: what the prober calls service. */
export function probedDrill(fault: ProbedFault): DrillDocument {
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

export async function runProbed(sandbox: Sandbox, fault: ProbedFault): Promise<Probed> {
  const run = sandbox.start(['run', sandbox.addDrill(`probed-${fault}`, probedDrill(fault))]);
  const started = await run.until('the run', ({ type }) => type === 'run');
  await run.until('the writes', (event) => event.type === 'workload' && event.state === 'started');
  // The way of the drill's own client: what hits the one hits the other.
  const ways = clusterOf(handleOf(sandbox, await run.runId())).addresses('client:writes');
  await using prober = await startProber(ways);
  await run.untilPhase('drain');
  const gaps = await prober.gaps(BigInt(started.type === 'run' ? started.originNs : 0));
  await run.endsWith(0);
  const report = await run.result();
  const [probed] = gaps.toSorted((a, b) => b.highMs - a.highMs);
  const outages = report.measured['writes']?.units[0]?.outages ?? [];
  const [outage] = outages.toSorted((a, b) => b.lowMs - a.lowMs);
  if (probed === undefined || outage?.highMs === undefined) throw new Error('nobody saw an outage');
  const [{ calledAtMs, confirmedAtMs = calledAtMs } = { calledAtMs: 0 }] = report.faults;
  return {
    report,
    probed,
    measured: { fromMs: outage.fromMs, lowMs: outage.lowMs, highMs: outage.highMs },
    intersects: probed.lowMs <= outage.highMs && outage.lowMs <= probed.highMs,
    allowedWidthMs: 2 * 10 + 20 + (fault === 'cut' ? confirmedAtMs - calledAtMs : 0),
  };
}
