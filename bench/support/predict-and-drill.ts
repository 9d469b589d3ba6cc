// One configuration of somebody else's cluster: predicted, then drilled, and the one held against the other.
import type { PredictReport } from '../../src/cli/predict/report.ts';
import type { Report } from '../../src/core/report.ts';
import type { Band } from '../../src/core/verdict.ts';
import { createSandbox } from '../../test/e2e/support/sandbox.ts';
import { addTarget } from '../../test/e2e/support/targets.ts';

export interface Attached {
  readonly name: string;
  /** As a target file says them. */
  readonly services: object;
  readonly env: Readonly<Record<string, string>>;
  /** The failure as predict calls it; `who`: of this node, where several bands are told. */
  readonly failure: string;
  readonly who?: string;
  readonly drill: string;
  readonly options: readonly string[];
}

/** Prints one line. Resolves with whether what was measured overlaps what was predicted, and the drill predicted the same. */
export async function predictAndDrill({ name, services, env, ...what }: Attached): Promise<boolean> {
  await using sandbox = await createSandbox();
  addTarget(sandbox, 'theirs', { environment: 'staging', services });
  const before = await sandbox.run(['predict', '--target', 'theirs', '--json'], { env });
  const band = bandIn(JSON.parse(before.stdout) as PredictReport, what);
  const run = sandbox.start(['run', what.drill, '--target', 'theirs', ...what.options], { env });
  await run.ended;
  const report = await run.result();
  const { low, high } = report.measured['writes']?.recoveryTimeMs ?? { low: Number.NaN, high: undefined };
  const overlaps =
    band !== undefined && high !== undefined && low <= band.highMs + band.allowanceMs && high >= band.lowMs;
  const isSame = band !== undefined && spanOf(report.predicted) === spanOf(band);
  if (!overlaps || !isSame) process.stdout.write(`  ${story(report)}\n`);
  const how = high === undefined ? 'NOT MEASURED' : overlaps ? 'overlaps' : 'DOES NOT OVERLAP';
  const verdict = `${how}; the drill ${report.verdict}`;
  const own = isSame ? '' : `; IT PREDICTED ${spanOf(report.predicted)}`;
  process.stdout.write(
    `${name}: predicted ${spanOf(band)}, measured ${seconds(low)} to ${seconds(high)} s, ${verdict}${own}\n`,
  );
  return overlaps && isSame;
}

function bandIn({ services }: PredictReport, { failure, who }: Pick<Attached, 'failure' | 'who'>): Band | undefined {
  const failures = services[0]?.failures ?? [];
  return failures.find((each) => each.what === failure && (who === undefined || each.who.includes(who)))?.band;
}

function story({ phases, faults, problems }: Report): string {
  const calledMs = faults[0]?.calledAtMs ?? 0;
  const told = phases.map(({ name, atMs }) => `${name} ${seconds(atMs - calledMs)}`);
  return [...told, ...problems.map(({ message }) => message)].join(', ');
}

function spanOf(band: Band | undefined): string {
  if (band === undefined) return 'nothing';
  return `${seconds(band.lowMs)} to ${seconds(band.highMs)} s (+ ${seconds(band.allowanceMs)})`;
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '?' : (ms / 1000).toFixed(2);
}
