// Sabotages for a drill that has none of its own.
import { join } from 'node:path';
import type { AssertionSpec, Drill } from '../../core/drill.ts';
import type { ErrorCode } from '../../core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { NamedFinding, Report } from '../../core/report.ts';
import { formatMs } from '../../core/units.ts';
import { type LoadedDrill, parseDrill } from '../../drill/load.ts';
import { faultSteps } from '../../engine/plan.ts';
import { readJournal } from '../../journal/reader.ts';
import { judge } from '../../judge/judge.ts';
import type { Entry } from '../invocation.ts';
import { mustFail, type Proving, problemWords, type Shown, type Trial } from './trial.ts';

/** Nobody listens there: see `unreachable` of a run. */
const NOWHERE = 'http://127.0.0.1:1/';

/**
 * The fault left out must not pass, nor may workloads that reach nobody be anything but inconclusive, and an objective
 * of a tenth of what was measured must be failed. For that one the drill is run as it is, and judged twice: a run
 * only records. It comes first, because a drill that does not pass as it is proves nothing.
 */
export function derivedTrials({ drill }: LoadedDrill, proving: Proving): readonly Trial[] {
  const { registry } = proving;
  const { selfTest: _, ...document } = drill.document;
  const variant = (changed: JsonObject): Drill =>
    parseDrill(JSON.stringify({ ...document, ...changed }), drill.file, { registry }).drill;
  const withoutFaults = listOf(document['method']).flatMap(withoutFault);
  const nowhere = listOf(document['workloads']).map(pointedAtNothing);
  const trial = (name: string, changed: JsonObject, more: Pick<Trial, 'judge'> & Pick<Entry, 'unreachable'>): Trial => {
    const { judge: judged, ...how } = more;
    const entry = { drill: variant(changed), sabotage: name, ...how };
    return { drill, name, entry, asIs: false, sabotages: true, judge: judged };
  };
  return [
    {
      drill,
      name: 'a tenth of the time that was measured as the limit',
      entry: { drill, sabotage: undefined },
      asIs: true,
      sabotages: true,
      judge: (report) => mustFailSooner(report, proving),
    },
    ...(faultSteps(drill).length === 0
      ? []
      : [trial('the fault left out', { method: withoutFaults }, { judge: mustNotPass })]),
    ...(nowhere.length === 0
      ? []
      : [
          trial(
            'the workloads pointed at nothing',
            { workloads: nowhere },
            { judge: mustBeInconclusive, unreachable: true },
          ),
        ]),
  ];
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** In its place nothing is done for a while, under the same name: assertions refer to it. */
function withoutFault(step: Json): readonly Json[] {
  if (!isJsonObject(step) || 'revert' in step) return [];
  if (!('fault' in step)) return [step];
  return [{ name: step['name'] ?? step['fault'] ?? 'fault', pause: '3s' }];
}

/** Those that are told where to go by the drill, and not by the cluster. */
function pointedAtNothing(value: Json): Json {
  if (typeof value === 'string') return /^https?:\/\//.test(value) ? NOWHERE : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(pointedAtNothing);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pointedAtNothing(inner)]));
}

/** What waits for an effect of the fault rightly fails without it; but nothing may pass that nothing was done to. */
function mustNotPass(report: Report): Shown {
  return shown(
    report,
    report.verdict === 'failed' || isDoubted(report, 'FAULT_NOT_PROVED'),
    report.verdict === 'passed',
  );
}

/** That clients never worked says nothing of the system: to call it failed would be as wrong. */
function mustBeInconclusive(report: Report): Shown {
  return shown(report, isDoubted(report, 'WORKLOAD_FAILED'), report.verdict !== 'inconclusive');
}

/** Inconclusive for another reason (the cluster did not start) is neither. */
function shown(report: Report, caught: boolean, missed: boolean): Shown {
  return { result: missed ? 'missed' : caught ? 'caught' : 'untried', because: verdictWords(report), proved: [] };
}

function isDoubted({ problems }: Report, why: ErrorCode): boolean {
  return problems.some(({ code }) => code === why);
}

function verdictWords(report: Report): string {
  const [problem] = problemWords(report);
  return problem === undefined ? `the run is ${report.verdict}` : `the run is ${report.verdict}: ${problem}`;
}

async function mustFailSooner(report: Report, { registry, reportsDir }: Proving): Promise<Shown> {
  const journal = await readJournal(join(reportsDir, report.runId));
  const sooner = journal.run.drill.assertions.map((spec) => tightened(spec, report));
  const changed = sooner.filter((spec) => spec !== undefined);
  if (changed.length === 0) {
    const because = `${verdictWords(report)}, and no assertion that limits a time has measured one: there is no limit to tighten`;
    return { result: 'untried', because, proved: [] };
  }
  const assertions = journal.run.drill.assertions.map((spec, at) => sooner[at] ?? spec);
  const drill = { ...journal.run.drill, assertions };
  const again = judge({ ...journal, run: { ...journal.run, drill } }, registry.assertions);
  const names = changed.map(({ name }) => name);
  const shown = mustFail(names, again);
  const limits = changed.map((spec) => `${spec.name} at most ${formatMs(limitOf(spec) ?? 0)}`).join(', ');
  return { ...shown, because: `${limits}: ${shown.because}` };
}

/** With a tenth of the least time that it measured; undefined where there is neither a time nor a limit on one. */
function tightened(spec: AssertionSpec, report: Report): AssertionSpec | undefined {
  const measuredMs = leastMs(report.assertions.find(({ name }) => name === spec.name));
  if (measuredMs === undefined || measuredMs <= 0) return undefined;
  if (spec.withinMs !== undefined) return { ...spec, withinMs: measuredMs / 10 };
  if (!isJsonObject(spec.params) || typeof spec.params['atMostMs'] !== 'number') return undefined;
  return { ...spec, params: { ...spec.params, atMostMs: measuredMs / 10 } };
}

function limitOf({ withinMs, params }: AssertionSpec): number | undefined {
  const atMostMs = isJsonObject(params) ? params['atMostMs'] : undefined;
  return withinMs ?? (typeof atMostMs === 'number' ? atMostMs : undefined);
}

function leastMs(finding: NamedFinding | undefined): number | undefined {
  const low = finding?.data['lowMs'];
  return typeof low === 'number' ? low : undefined;
}
