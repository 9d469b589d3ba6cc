// Drills that a command line means, loaded: all mistakes of all files are told before anything starts.
import { DrillError } from '../core/error.ts';
import { type DrillTarget, type LoadedDrill, loadDrill } from '../drill/load.ts';
import { type CommandContext, type Project, progress } from './context.ts';
import { chooseDrillFiles, type DrillFile, listDrillFiles } from './drills.ts';
import { checkQuarantine } from './quarantine.ts';
import { readParams } from './run-options.ts';
import { mayHaveTag, tagHint } from './tags.ts';

/** The tag that is meant when neither names nor tags are given: what a team runs once a month. */
const DEFAULT_TAG = 'monthly';

export interface Choosing {
  readonly tag: readonly string[];
  readonly param: readonly string[];
  readonly set: readonly string[];
  /** The cluster that they are for, where it is somebody else's. */
  readonly attachTo?: DrillTarget | undefined;
}

/** By name, by file or by tag. Throws USAGE when nobody is meant. */
export async function loadChosen(
  names: readonly string[],
  options: Choosing,
  project: Project,
  cx: CommandContext,
): Promise<readonly LoadedDrill[]> {
  await checkQuarantine(project, cx);
  const tags = names.length === 0 && options.tag.length === 0 ? [DEFAULT_TAG] : options.tag;
  const files =
    names.length > 0
      ? await chooseDrillFiles(names, project.drillsDir, cx.cwd)
      : await listDrillFiles(project.drillsDir, cx.cwd);
  const chosen = tags.length === 0 ? files : await withTag(files, tags, { project, cx });
  return loadAll(chosen, options, project);
}

/**
 * Tags are read without the options: a param of one drill is not one of every other. A drill that is not valid stands in
 * the way of those only that are chosen with it.
 */
async function withTag(
  files: readonly DrillFile[],
  tags: readonly string[],
  { project, cx }: { readonly project: Project; readonly cx: CommandContext },
): Promise<readonly DrillFile[]> {
  const { registry } = project;
  const loaded = await Promise.allSettled(files.map(({ file }) => loadDrill(file, { registry })));
  const drills = loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value.drill] : []));
  const chosen: DrillFile[] = [];
  for (const [at, file] of files.entries()) {
    const drill = drills.find((one) => one.file === file.file);
    const isMeant =
      drill === undefined ? await mayHaveTag(file.file, tags) : drill.tags.some((tag) => tags.includes(tag));
    if (isMeant) chosen.push(file);
    else if (loaded[at]?.status === 'rejected')
      progress(cx, `${file.file} is not valid, and not chosen: firedrill validate ${file.name}`);
  }
  if (chosen.length > 0) return chosen;
  throw new DrillError('USAGE', `no drill is tagged ${tags.join(' or ')}`, { hint: tagHint(tags, drills) });
}

async function loadAll(
  files: readonly DrillFile[],
  { param, set, attachTo: target }: Choosing,
  { registry }: Project,
): Promise<readonly LoadedDrill[]> {
  const options = { registry, params: readParams(param), set, ...(target === undefined ? {} : { target }) };
  const results = await Promise.allSettled(files.map(({ file }) => loadDrill(file, options)));
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
