// Was the machine itself in the way? Figures of a run are those of the system only while everybody got their time.
import type { Journal } from '../core/journal.ts';
import type { MachineUse } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import { NOT_SENT, percentile } from './operations.ts';

/** Waiting for a processor for as long as one has it. */
const MOST_LOAD_PER_PROCESSOR = 2;
/** Twice the time between two readings of the live counters: holds and stop conditions are decided on them. */
const MOST_STOOD_STILL_MS = 500;
/** Bounds get this much wider, and the wider ones decide less. */
const MOST_LATE_MS = 50;

export function machineUse(journal: Journal): MachineUse {
  const { cpus } = journal.run.host;
  const samples = journal.events.filter((event) => event.type === 'machine');
  const most = (numbers: readonly number[]): number | undefined =>
    numbers.length === 0 ? undefined : Math.max(...numbers);
  const late = Object.keys(journal.ops).flatMap((name) => sentLateMs(name, journal) ?? []);
  const use = {
    processors: typeof cpus === 'number' ? cpus : undefined,
    loadAverage: most(samples.map(({ loadAverage }) => loadAverage)),
    stoodStillMs: most(samples.map(({ stoodStillMs }) => stoodStillMs)),
    sentLateMs: most(late),
  };
  return { ...use, tooBusy: whyTooBusy(use) };
}

function whyTooBusy({
  processors = 1,
  loadAverage = 0,
  stoodStillMs = 0,
  sentLateMs: lateMs = 0,
}: Omit<MachineUse, 'tooBusy'>) {
  return [
    ...(loadAverage > MOST_LOAD_PER_PROCESSOR * processors
      ? [`a load of ${loadAverage.toFixed(1)} on ${processors} processors`]
      : []),
    ...(stoodStillMs > MOST_STOOD_STILL_MS ? [`the runner stood still for ${formatMs(stoodStillMs)}`] : []),
    ...(lateMs > MOST_LATE_MS ? [`one operation in a hundred was sent ${formatMs(lateMs)} late or later`] : []),
  ];
}

/** Operations are sent when they are due, whatever became of those before: late is who did not get a processor. */
function sentLateMs(name: string, journal: Journal): number | undefined {
  const ops = journal.ops[name];
  if (ops === undefined) return undefined;
  const late = new Float64Array(ops.count);
  let count = 0;
  for (let row = 0; row < ops.count; row++) {
    if (ops.outcome[row] !== NOT_SENT) late[count++] = (ops.sentMs[row] ?? 0) - (ops.dueMs[row] ?? 0);
  }
  return percentile(late.subarray(0, count).sort(), 0.99);
}
