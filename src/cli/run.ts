import { DrillError } from '../core/error.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { type CommandContext, chooseRuntime, openProject, type Project } from './context.ts';
import { chooseDrillFiles, type DrillFile, listDrillFiles } from './drills.ts';
import { type Entry, invoke, type RunOptions, readCount } from './invocation.ts';

/** The tag that is meant when neither names nor tags are given: what a team runs once a month. */
const DEFAULT_TAG = 'monthly';

export async function run(names: readonly string[], options: RunOptions, cx: CommandContext): Promise<number> {
  if (options.dryRun === true) return (await import('./plan.ts')).plan(names, options, cx);
  const project = await openProject(options.config, cx);
  const runtime = chooseRuntime(project, options.runtime);
  const loaded = await loadChosen(names, options, project, cx);
  if (options.selftest === true)
    return (await import('./prove.ts')).proveLoaded(loaded, { project, runtime, options }, cx);
  const repeat = options.repeat === undefined ? 1 : readCount('--repeat', options.repeat, 1);
  const entries: Entry[] = loaded.flatMap(({ drill }) =>
    Array.from({ length: repeat }, () => ({ drill, sabotage: undefined })),
  );
  const { exitCode } = await invoke({ project, runtime, entries, options }, cx);
  return exitCode;
}

/** Loads what is meant. All mistakes of all files are told before anything starts. */
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
  const loaded = await loadAll(files, options, project);
  const chosen =
    tags.length === 0 ? loaded : loaded.filter(({ drill }) => tags.some((tag) => drill.tags.includes(tag)));
  if (chosen.length > 0) return chosen;
  throw new DrillError('USAGE', `no drill is tagged ${tags.join(' or ')}`, {
    hint: 'firedrill list shows drills and their tags.',
  });
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

function readParams(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new DrillError('USAGE', `--param wants name=value, not "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
