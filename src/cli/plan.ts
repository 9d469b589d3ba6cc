import { makePlan } from '../engine/plan.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, chooseRuntime, openProject, print, printJson } from './context.ts';
import { widthOf } from './labelled.ts';
import { describePlan } from './plan/description.ts';
import { renderPlan } from './plan/text.ts';
import { type RunOptions, readCount } from './run-options.ts';

/** Shows what a run would do. Starts nothing and writes nothing. 2 when it would be refused. */
export async function plan(names: readonly string[], options: RunOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const runtime = chooseRuntime(project, options.runtime);
  const seed = options.seed === undefined ? undefined : readCount('--seed', options.seed, 0);
  const loaded = await loadChosen(names, options, project, cx);
  const plans = loaded.map(({ drill }) => describePlan(makePlan(drill, project.registry, runtime), seed));
  if (options.json === true) printJson(cx, plans);
  else {
    for (const described of plans) print(cx, ...renderPlan(described, widthOf(cx)), '');
    print(cx, 'Nothing was started.');
  }
  return plans.some(({ steps }) => steps.some(({ fault }) => fault?.refusal !== undefined)) ? 2 : 0;
}
