import type { AssertionSpec } from '../core/drill.ts';
import { DrillError, type Problem } from '../core/error.ts';
import { isJsonObject } from '../core/json.ts';
import type { Runtime } from '../core/kinds.ts';
import { formatMs } from '../core/units.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { formatProblem } from '../drill/problems.ts';
import { faultSteps, makePlan } from '../engine/plan.ts';
import { type FaultPreview, previewFaults } from '../engine/preview.ts';
import { runtimeNamed } from './choose-runtime.ts';
import { AUTO } from './config.ts';
import { type CommandContext, openProject, type Project, print } from './context.ts';
import { chooseDrillFiles, listDrillFiles } from './drills.ts';
import { bandWords } from './plan/text.ts';
import { checkQuarantine } from './quarantine.ts';

interface Checked {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks drills without starting anything: every mistake of every file, each on a line. 2 when there is one. */
export async function validate(
  names: readonly string[],
  options: { readonly config?: string },
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  const runtime = runtimeNamed(project, project.config.runtime === AUTO ? 'local' : project.config.runtime);
  const files =
    names.length > 0
      ? await chooseDrillFiles(names, project.drillsDir, cx.cwd)
      : await listDrillFiles(project.drillsDir, cx.cwd);
  if (files.length === 0) {
    throw new DrillError('USAGE', `there is no drill in ${project.drillsDir}`, {
      hint: 'firedrill init writes one to start from.',
    });
  }
  await checkQuarantine(project, cx);
  const checked = await Promise.all(files.map(({ file }) => check(file, project, runtime)));
  // What a fragment does wrong is told once, however many drills use it.
  const mistakes = new Set(checked.flatMap((one) => one.mistakes));
  const warnings = new Set(checked.flatMap((one) => one.warnings));
  print(cx, ...mistakes, ...warnings);
  print(
    cx,
    [count(files.length, 'drill'), count(mistakes.size, 'mistake'), count(warnings.size, 'warning')].join(', '),
  );
  return mistakes.size === 0 ? 0 : 2;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

async function check(file: string, { registry }: Project, runtime: Runtime): Promise<Checked> {
  try {
    const loaded = await loadDrill(file, { registry });
    const previews = previewFaults(makePlan(loaded.drill, registry, runtime));
    const mistakes = previews.flatMap(({ refusal }) => (refusal === undefined ? [] : linesOf(refusal, file)));
    return { mistakes, warnings: [...loaded.warnings, ...flips(loaded, previews)].map(warningLine) };
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    return { mistakes: linesOf(error, file), warnings: [] };
  }
}

function linesOf({ problems, at, message, hint }: DrillError, file: string): readonly string[] {
  if (problems.length > 0) return problems.map(formatProblem);
  return [`${at ?? file}: ${message}${hint === undefined ? '' : `; ${hint}`}`];
}

function warningLine(problem: Problem): string {
  return formatProblem({ ...problem, message: `warning: ${problem.message}` });
}

/** An objective inside of what is predicted: some runs will pass and others fail, and neither means anything. */
function flips({ drill }: LoadedDrill, previews: readonly FaultPreview[]): readonly Problem[] {
  const first = faultSteps(drill)[0]?.name;
  return drill.assertions.flatMap((assertion) => {
    const limitMs = assertion.kind === 'rto' ? objectiveMs(assertion) : undefined;
    const preview = previews.find(({ step }) => step.name === (assertion.since ?? first));
    if (limitMs === undefined || preview === undefined) return [];
    const band = preview.predicted.find(
      ({ lowMs, highMs, allowanceMs }) => limitMs >= lowMs && limitMs <= highMs + allowanceMs,
    );
    if (band === undefined) return [];
    const message = `this drill will flip: the objective of ${formatMs(limitMs)} lies inside of what is predicted (${bandWords(band)})`;
    return [{ ...assertion.position, message, hint: 'set another objective, or other settings' }];
  });
}

function objectiveMs({ params }: AssertionSpec): number | undefined {
  const limit = isJsonObject(params) ? params['atMostMs'] : undefined;
  return typeof limit === 'number' ? limit : undefined;
}
