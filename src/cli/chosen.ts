// Drills that a command line means, loaded: all mistakes of all files are told before anything starts.
import { DrillError } from '../core/error.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import type { CommandContext, Project } from './context.ts';
import { chooseDrillFiles, type DrillFile, listDrillFiles } from './drills.ts';
import { type RunOptions, readParams } from './run-options.ts';

/** The tag that is meant when neither names nor tags are given: what a team runs once a month. */
const DEFAULT_TAG = 'monthly';

/** By name, by file or by tag. Throws USAGE when nobody is meant. */
export async function loadChosen(
  names: readonly string[],
  options: Pick<RunOptions, 'tag' | 'param' | 'set'>,
  project: Project,
  cx: CommandContext,
): Promise<readonly LoadedDrill[]> {
  const tags = names.length === 0 && options.tag.length === 0 ? [DEFAULT_TAG] : options.tag;
  const files =
    names.length > 0
      ? await chooseDrillFiles(names, project.drillsDir, cx.cwd)
      : await listDrillFiles(project.drillsDir, cx.cwd);
  const chosen = tags.length === 0 ? files : await withTag(files, tags, project);
  if (chosen.length > 0) return loadAll(chosen, options, project);
  throw new DrillError('USAGE', `no drill is tagged ${tags.join(' or ')}`, {
    hint: 'firedrill list shows drills and their tags.',
  });
}

/** Tags are read without the options: a param of one drill is not one of every other. */
async function withTag(
  files: readonly DrillFile[],
  tags: readonly string[],
  project: Project,
): Promise<readonly DrillFile[]> {
  const loaded = await loadAll(files, { param: [], set: [] }, project);
  return files.filter((_, at) => loaded[at]?.drill.tags.some((tag) => tags.includes(tag)));
}

async function loadAll(
  files: readonly DrillFile[],
  options: Pick<RunOptions, 'param' | 'set'>,
  project: Project,
): Promise<readonly LoadedDrill[]> {
  const params = readParams(options.param);
  const results = await Promise.allSettled(
    files.map(({ file }) => loadDrill(file, { registry: project.registry, params, set: options.set })),
  );
  const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  if (failures.length > 0) throw joinFailures(failures);
  const loaded = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  return loaded;
}

function joinFailures(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !failures.every((failure) => failure instanceof DrillError)) return first;
  return new DrillError('DRILL_INVALID', failures.map((failure) => failure.message).join('\n'));
}
