// What may not be done to somebody's own cluster, said before anything is.
import { DrillError, describeError } from '../core/error.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { makePlan } from '../engine/plan.ts';
import type { Project } from './context.ts';
import type { RunOptions } from './run-options.ts';
import type { OpenTarget } from './target.ts';

interface Attaching {
  readonly project: Project;
  readonly options: RunOptions;
}

/**
 * Throws USAGE for what only a cluster of ours is for, and for production; PLAN_REFUSED with all the drills that cannot be
 * done there, so that none is run before the next one is refused.
 */
export function checkAttached({ target, runtime }: OpenTarget, loaded: readonly LoadedDrill[], cx: Attaching): void {
  const { options, project } = cx;
  if (options.runtime !== undefined && options.runtime !== runtime.kind)
    throw new DrillError('USAGE', `--target ${target.name} and --runtime ${options.runtime} are two clusters`);
  if (options.selftest === true) {
    throw new DrillError('USAGE', 'sabotages break the cluster on purpose, and this one is not ours', {
      hint: 'Without --target they run on a cluster that is made for them.',
    });
  }
  if (isProduction(target.environment)) {
    throw new DrillError('USAGE', `nothing is injected into ${target.name}: its environment is ${target.environment}`, {
      at: target.file,
      hint: `firedrill plan --target ${target.name} shows what would be done, and proves what it can without doing it.`,
    });
  }
  const refusals = loaded.flatMap(({ drill }) => {
    try {
      makePlan(drill, project.registry, runtime);
      return [];
    } catch (error) {
      return [describeError(error)];
    }
  });
  if (refusals.length === 0) return;
  throw new DrillError('PLAN_REFUSED', `not all of these drills can be run there:\n${refusals.join('\n')}`, {
    hint: `Name those that can: firedrill run --target ${target.name} <drill>…`,
  });
}

export function isProduction(environment: string): boolean {
  return /^(prod|production|live)\b/i.test(environment);
}
