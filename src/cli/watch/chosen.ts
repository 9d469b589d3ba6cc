// What a watch is of: a drill, services of a target, or all of them.
import { DrillError } from '../../core/error.ts';
import { type LoadedDrill, parseDrill } from '../../drill/load.ts';
import type { Target } from '../../targets/load.ts';
import { loadChosen } from '../chosen.ts';
import type { CommandContext, Project } from '../context.ts';
import { readParams } from '../run-options.ts';
import { standardDocument, type WatchedService } from './standard.ts';

export interface Choosing {
  readonly project: Project;
  readonly cx: CommandContext;
  readonly param: readonly string[];
  readonly set: readonly string[];
  readonly target: Target | undefined;
  /** Of the target, in its order. */
  readonly services: readonly WatchedService[];
}

/** Throws USAGE when nobody is meant. */
export async function chooseWatched(names: readonly string[], choosing: Choosing): Promise<LoadedDrill> {
  const { project, cx, target, services, param, set } = choosing;
  if (target !== undefined && names.every((name) => services.some((service) => service.name === name))) {
    const wanted = services.filter(({ name }) => names.length === 0 || names.includes(name));
    return parseDrill(
      JSON.stringify(standardDocument(`What happens in ${target.name}`, wanted)),
      `watch-${target.name}`,
      { registry: project.registry, params: readParams(param), set, target },
    );
  }
  if (names.length !== 1) {
    throw new DrillError('USAGE', 'it is not said what to watch: a target, or one drill', {
      hint: 'firedrill watch --target staging, or firedrill watch redis-primary-kill on a cluster of ours',
    });
  }
  const [loaded] = await loadChosen(names, { param, set, tag: [], attachTo: target }, project, cx);
  if (loaded === undefined) throw new DrillError('INTERNAL', `${names[0]} was not loaded`);
  return loaded;
}
