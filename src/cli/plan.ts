import { makePlan } from '../engine/plan.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject, print, printJson } from './context.ts';
import { widthOf } from './labelled.ts';
import { describePlan } from './plan/description.ts';
import { renderPlan } from './plan/text.ts';
import { type RunOptions, readCount } from './run-options.ts';
import { openTarget } from './target.ts';

/**
 * Shows what a run would do. Starts nothing. 2 when it would be refused. With a target it asks that: it changes nothing there,
 * writes down what it has found out, and ends with 3 where something cannot be proved.
 */
export async function plan(names: readonly string[], options: RunOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const seed = options.seed === undefined ? undefined : readCount('--seed', options.seed, 0);
  const opened = options.target === undefined ? undefined : await openTarget(options.target, project, cx);
  const loaded = await loadChosen(names, { ...options, attachTo: opened?.target }, project, cx);
  if (opened !== undefined) {
    const { dryRunDrills } = await import('./plan/dry-run.ts');
    return dryRunDrills(loaded, { opened, project, options, seed: seed ?? 0 }, cx);
  }
  const runtime = await chooseRuntime(project, options.runtime, loaded, cx);
  const plans = loaded.map(({ drill }) => describePlan(makePlan(drill, project.registry, runtime), seed));
  if (options.json === true) printJson(cx, plans);
  else {
    for (const described of plans) print(cx, ...renderPlan(described, widthOf(cx)), '');
    print(cx, 'Nothing was started.');
  }
  return plans.some(({ steps }) => steps.some(({ fault }) => fault?.refusal !== undefined)) ? 2 : 0;
}
