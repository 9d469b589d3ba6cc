import { DrillError } from '../core/error.ts';
import { makePlan, type Plan } from '../engine/plan.ts';
import { runtimeNamed } from './choose-runtime.ts';
import { loadChosen } from './chosen.ts';
import { AUTO } from './config.ts';
import { type CommandContext, openProject, type Project, print, printJson } from './context.ts';
import { widthOf } from './labelled.ts';
import { plannedServices } from './predict/planned.ts';
import { readTargetServices } from './predict/read-target.ts';
import { type PredictReport, reportOn } from './predict/report.ts';
import { renderPrediction } from './predict/text.ts';

export interface PredictOptions {
  readonly config?: string;
  readonly target?: string;
  readonly tag: readonly string[];
  readonly param: readonly string[];
  readonly set: readonly string[];
  readonly json?: boolean;
}

/**
 * Says how long each failure would take, and what the configuration breaks: of a target that lives, or of what drills would
 * make. Changes nothing. 3 when something could not be told.
 */
export async function predict(names: readonly string[], options: PredictOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const reports =
    options.target === undefined
      ? await ofDrills(names, options, { project, cx })
      : [await ofTarget(options.target, names, { project, cx })];
  if (options.json === true) printJson(cx, options.target === undefined ? reports : reports[0]);
  else {
    for (const report of reports) print(cx, ...renderPrediction(report, widthOf(cx)), '');
    print(cx, 'Nothing was changed.');
  }
  return reports.every(({ complete }) => complete) ? 0 : 3;
}

interface Asking {
  readonly project: Project;
  readonly cx: CommandContext;
}

async function ofTarget(name: string, drills: readonly string[], { project, cx }: Asking): Promise<PredictReport> {
  if (drills.length > 0)
    throw new DrillError('USAGE', `${drills.join(', ')} and --target ${name} are two clusters`, {
      hint: `firedrill plan --target ${name} ${drills[0]} says what a drill would do there.`,
    });
  const { target, services } = await readTargetServices(name, { project, cx });
  return reportOn({ target: target.name, environment: target.environment }, services);
}

/** Drills with the same cluster are told once. */
async function ofDrills(
  names: readonly string[],
  options: PredictOptions,
  { project, cx }: Asking,
): Promise<readonly PredictReport[]> {
  const runtime = runtimeNamed(project, project.config.runtime === AUTO ? 'local' : project.config.runtime);
  const loaded = await loadChosen(names, options, project, cx).catch((error: unknown) => {
    throw isUnsaid(names, options) && error instanceof DrillError && error.code === 'USAGE' ? ofWhat(error) : error;
  });
  const plans = loaded.map(({ drill }) => makePlan(drill, project.registry, runtime));
  const alike = Map.groupBy(plans, clusterOf);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [reportOn(ofGroup(group), plannedServices(first))];
  });
}

function isUnsaid(names: readonly string[], { tag }: PredictOptions): boolean {
  return names.length === 0 && tag.length === 0;
}

/** Nobody has said of what, and there is nothing that is meant by that. */
function ofWhat(cause: DrillError): DrillError {
  return new DrillError('USAGE', `predict of what? No drill is named, and ${cause.message}`, {
    hint:
      'firedrill predict <drill> tells of the cluster that a drill would make, firedrill predict --target <name> of a ' +
      'cluster of your own.',
    cause,
  });
}

function clusterOf({ drill, spec }: Plan): string {
  return JSON.stringify([
    drill.cluster.services,
    drill.cluster.topics ?? {},
    drill.cluster.settingsFrom?.file ?? null,
    spec.nodes,
    spec.files,
  ]);
}

function ofGroup(plans: readonly Plan[]): PredictReport['of'] {
  const settingsFrom = plans[0]?.drill.cluster.settingsFrom;
  return { drills: plans.map(({ drill }) => drill.name), ...(settingsFrom === undefined ? {} : { settingsFrom }) };
}
