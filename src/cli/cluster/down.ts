import { DrillError, describeError } from '../../core/error.ts';
import { takeDown } from '../../engine/warm/make.ts';
import { listClusters, type WarmStore } from '../../engine/warm/store.ts';
import { type CommandContext, openProject, type Project, print, progress } from '../context.ts';
import { finishDeadRuns, leavesAttached } from '../dead-runs.ts';
import { holderWords } from './words.ts';

/** 0 when they are gone, 2 when somebody uses one, 4 when one could not be taken down: a person is needed. */
export async function down(
  names: readonly string[],
  options: { readonly config?: string },
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  const chosen = await choose(names);
  const codes: number[] = [];
  for (const store of chosen) codes.push(await downOne(store, project, cx));
  if (chosen.length === 0) print(cx, 'No warm cluster is up.');
  // What dead runs did to one that is gone now needs no undoing; and nobody else may come to say so.
  const onProgress = (line: string): void => progress(cx, line);
  const leaves = leavesAttached({ target: undefined, reportsDir: project.reportsDir }, onProgress);
  const how = { by: 'firedrill cluster down', onProgress, leaves };
  for (const { runId, failures } of await finishDeadRuns(how, project, cx)) {
    if (failures.length === 0) continue;
    print(cx, `NOT rolled back: ${runId}: ${failures.join('; ')}`);
    codes.push(4);
  }
  return Math.max(0, ...codes);
}

async function choose(names: readonly string[]): Promise<readonly WarmStore[]> {
  const all = await listClusters();
  const unknown = names.find((name) => !all.some((store) => store.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new DrillError('USAGE', `there is no warm cluster "${unknown}"`, { hint: known && `There is: ${known}` });
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function downOne(store: WarmStore, { registry }: Project, cx: CommandContext): Promise<number> {
  if (!(await store.lock('cluster down'))) {
    print(cx, `${store.name} is in use by ${holderWords(await store.holder())}: it is left up.`);
    return 2;
  }
  try {
    await takeDown(store, registry, (line) => progress(cx, line));
    print(cx, `${store.name} was taken down.`);
    return 0;
  } catch (error) {
    print(cx, `${store.name} was NOT taken down: ${describeError(error)}`);
    return 4;
  } finally {
    await store.unlock();
  }
}
