import { checkAttached } from './attached.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject } from './context.ts';
import { type Entry, invoke } from './invocation.ts';
import { type RunOptions, readCount } from './run-options.ts';
import { openTarget } from './target.ts';

export async function run(names: readonly string[], options: RunOptions, cx: CommandContext): Promise<number> {
  if (options.dryRun === true) return (await import('./plan.ts')).plan(names, options, cx);
  const project = await openProject(options.config, cx);
  const opened = options.target === undefined ? undefined : await openTarget(options.target, project, cx);
  const loaded = await loadChosen(names, { ...options, attachTo: opened?.target }, project, cx);
  if (opened !== undefined) checkAttached(opened, loaded, { project, options });
  const runtime = opened?.runtime ?? (await chooseRuntime(project, options.runtime, loaded, cx));
  if (options.selftest === true)
    return (await import('./prove.ts')).proveLoaded(loaded, { project, runtime, options }, cx);
  const repeat = options.repeat === undefined ? 1 : readCount('--repeat', options.repeat, 1);
  const retries =
    options.retryInconclusive === undefined ? 0 : readCount('--retry-inconclusive', options.retryInconclusive, 0);
  const entries: Entry[] = loaded.flatMap(({ drill }) =>
    Array.from({ length: repeat }, () => ({ drill, sabotage: undefined })),
  );
  const { exit } = await invoke({ project, runtime, entries, options, retries }, cx);
  return exit.code;
}
