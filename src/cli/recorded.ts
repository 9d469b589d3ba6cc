// Which recorded runs a command line means: a folder, the id of a run or of a suite, or the newest run.
import { createReadStream } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DrillError } from '../core/error.ts';
import type { RunStarted } from '../core/journal.ts';
import { closest } from '../drill/suggest.ts';
import type { CommandContext, Project } from './context.ts';

/** What stands for the newest run. */
export const LATEST = 'latest';

export interface Recorded {
  /** Folders of the runs, in the order in which they were made. */
  readonly runs: readonly string[];
  /** The suite that was meant; undefined = one run was. */
  readonly suite: { readonly suiteId: string; readonly dir: string } | undefined;
}

/** Throws USAGE when nothing is meant by it, with what probably was. */
export async function findRecorded(meant: string, { reportsDir }: Project, cx: CommandContext): Promise<Recorded> {
  const runs = await runsIn(reportsDir);
  const newest = meant === LATEST ? await newestOf(runs, reportsDir) : undefined;
  if (newest !== undefined) return { runs: [join(reportsDir, newest)], suite: undefined };
  const folders = [resolve(cx.cwd, meant), join(reportsDir, meant)];
  // A file of a run means the run: report.md is what people have in their hands.
  for (const dir of [...folders, resolve(cx.cwd, meant, '..')])
    if (await isRun(dir)) return { runs: [dir], suite: undefined };
  for (const dir of folders) {
    const suiteId = basename(dir);
    const own = await ofSuite(suiteId, resolve(dir, '..'));
    if (own.length > 0) return { runs: own, suite: { suiteId, dir } };
  }
  throw new DrillError('USAGE', `there is no recorded run "${meant}"`, { hint: hintFor(meant, runs, reportsDir) });
}

function hintFor(meant: string, runs: readonly string[], reportsDir: string): string {
  if (runs.length === 0) return `There are no runs in ${reportsDir}.`;
  const near = closest(basename(meant), [...runs, LATEST]) ?? runs.findLast((name) => name.includes(basename(meant)));
  return near === undefined ? `The last one is ${runs.at(-1)}; "${LATEST}" means it too.` : `Did you mean ${near}?`;
}

/** Ids begin with the time at which they were made. */
async function runsIn(reportsDir: string): Promise<readonly string[]> {
  const names = await readdir(reportsDir).catch(() => []);
  const runs = [];
  for (const name of names.toSorted((a, b) => a.localeCompare(b)))
    if (await isRun(join(reportsDir, name))) runs.push(name);
  return runs;
}

/** Not a dry run: in it nothing has happened. */
async function newestOf(runs: readonly string[], reportsDir: string): Promise<string | undefined> {
  for (const name of runs.toReversed()) {
    if ((await headerOf(join(reportsDir, name)))?.dryRun !== true) return name;
  }
  return undefined;
}

async function ofSuite(suiteId: string, reportsDir: string): Promise<readonly string[]> {
  const runs = await runsIn(reportsDir);
  const headers = await Promise.all(runs.map((name) => headerOf(join(reportsDir, name))));
  return runs.filter((_, at) => headers[at]?.suiteId === suiteId).map((name) => join(reportsDir, name));
}

/** The first event of a journal says what it is of. */
async function headerOf(dir: string): Promise<Partial<RunStarted> | undefined> {
  const input = createReadStream(join(dir, 'events.ndjson'));
  try {
    for await (const line of createInterface({ input })) return JSON.parse(line) as Partial<RunStarted>;
  } catch {
    // Of a run that recorded nothing whole nobody knows which suite it was of.
  } finally {
    input.destroy();
  }
  return undefined;
}

async function isRun(dir: string): Promise<boolean> {
  return access(join(dir, 'events.ndjson')).then(
    () => true,
    () => false,
  );
}
