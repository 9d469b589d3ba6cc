import { loadChosen } from './chosen.ts';
import { type CommandContext, chooseRuntime, openProject } from './context.ts';
import { type Entry, invoke } from './invocation.ts';
import { type RunOptions, readCount } from './run-options.ts';

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
