// Where clusters live when nobody says: in containers where those can be had, else as processes of this machine.
import { DrillError } from '../core/error.ts';
import type { Runtime } from '../core/kinds.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { closest } from '../drill/suggest.ts';
import type { Plan } from '../engine/plan.ts';
import { listClusters } from '../engine/warm/store.ts';
import { clusterNameOf } from '../engine/warm/topology.ts';
import { AUTO } from './config.ts';
import { type CommandContext, type Project, progress } from './context.ts';
import { plannable } from './plannable.ts';

const PREFERRED = ['docker', 'local'];

/** Throws USAGE when there is none of that name. */
export function runtimeNamed({ registry }: Project, name: string): Runtime {
  const runtime = registry.runtimes.get(name);
  if (runtime !== undefined) return runtime;
  const known = [...registry.runtimes.keys()];
  const guess = closest(name, known);
  throw new DrillError('USAGE', `there is no runtime "${name}"`, {
    hint: guess === undefined ? `Known: ${known.join(', ')}` : `Did you mean ${guess}?`,
  });
}

/**
 * The one that is named, by an option or in the config. For `auto` the one of a warm cluster that fits one of the drills; else
 * the first that can be had, and the choice is told with its reason. Starts nothing, and pulls nothing.
 */
export async function chooseRuntime(
  project: Project,
  name: string | undefined,
  drills: readonly LoadedDrill[],
  cx: CommandContext,
): Promise<Runtime> {
  const wanted = name ?? project.config.runtime;
  if (wanted !== AUTO) return runtimeNamed(project, wanted);
  const { runtime, because } = (await warmOne(project, drills)) ?? (await firstToBeHad(project, drills));
  progress(cx, `Runtime ${runtime.kind}: ${because}. --runtime names another.`);
  return runtime;
}

interface Choice {
  readonly runtime: Runtime;
  readonly because: string;
}

async function warmOne(project: Project, drills: readonly LoadedDrill[]): Promise<Choice | undefined> {
  const clusters = await listClusters();
  const ready = await Promise.all(
    clusters.map(async (store) => ((await store.ready()) === undefined ? [] : [store.name])),
  );
  const up = new Set(ready.flat());
  if (up.size === 0) return undefined;
  for (const runtime of candidates(project)) {
    const fitting = plansOf(project, drills, runtime)
      .map(clusterNameOf)
      .find((cluster) => up.has(cluster));
    if (fitting !== undefined) return { runtime, because: `the warm cluster ${fitting} lives there` };
  }
  return undefined;
}

async function firstToBeHad(project: Project, drills: readonly LoadedDrill[]): Promise<Choice> {
  const signal = new AbortController().signal;
  const obstacles: string[] = [];
  for (const runtime of candidates(project)) {
    const nodes = plansOf(project, drills, runtime).flatMap(({ spec }) => spec.nodes);
    const why = await runtime.whyNot?.({ signal }, nodes);
    if (why !== undefined) obstacles.push(`not ${runtime.kind} (${why})`);
    else if (obstacles.length > 0) return { runtime, because: obstacles.join('; ') };
    else return { runtime, because: 'an engine answers, and its images can be had' };
  }
  throw new DrillError('TOOL_MISSING', `no runtime can be had: ${obstacles.join('; ')}`, {
    hint: '"firedrill doctor" says what to do.',
  });
}

function candidates({ registry }: Project): readonly Runtime[] {
  return PREFERRED.flatMap((kind) => registry.runtimes.get(kind) ?? []);
}

function plansOf({ registry }: Project, drills: readonly LoadedDrill[], runtime: Runtime): readonly Plan[] {
  return plannable(
    drills.map(({ drill }) => drill),
    registry,
    runtime,
  );
}
