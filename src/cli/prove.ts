import { join } from 'node:path';
import type { Drill } from '../core/drill.ts';
import { type Exit, exitOf, exitWith } from '../core/exit-code.ts';
import type { Reporter, Runtime } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { oneLine, wrap } from '../reporters/text.ts';
import { exitLine } from '../reporters/words.ts';
import { writeDocument } from '../reporters/write-document.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { loadChosen } from './chosen.ts';
import { type CommandContext, openProject, type Project, print, printJson, progress } from './context.ts';
import { invoke } from './invocation.ts';
import { widthOf } from './labelled.ts';
import { closing, isBroken, isUnfit, unproved } from './prove/closing.ts';
import { renderTrialsJunit, type TriedOnce } from './prove/junit.ts';
import { notProvable, type Shown, type Trial } from './prove/trial.ts';
import { trialsOf } from './prove/trials.ts';
import { reporterNames } from './reporters.ts';
import { type RunOptions, readCount } from './run-options.ts';

export interface ProveContext {
  readonly project: Project;
  readonly runtime: Runtime;
  readonly options: RunOptions;
}

/** A trial that has been run. */
type Done = TriedOnce;

/**
 * Breaks drills on purpose, once they have passed as they are: the sabotages of one that does not would prove nothing. 0
 * when every sabotage was caught, 1 when one was missed.
 */
export async function prove(names: readonly string[], options: RunOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const loaded = await loadChosen(names, options, project, cx);
  const runtime = await chooseRuntime(project, options.runtime, loaded, cx);
  return proveLoaded(loaded, { project, runtime, options }, cx);
}

export async function proveLoaded(
  loaded: readonly LoadedDrill[],
  { project, runtime, options }: ProveContext,
  cx: CommandContext,
): Promise<number> {
  const repeat = options.repeat === undefined ? 1 : readCount('--repeat', options.repeat, 1);
  const proving = { registry: project.registry, reportsDir: project.reportsDir };
  const turns = loaded.flatMap((one) => trialsOf(one, proving)).flatMap((trial) => turnsOf(trial, repeat));
  const trials = turns.map(({ trial }) => trial);
  const done: Done[] = [];
  const json = options.json === true;
  const teller = tellTrials(trials, { done, cx, json });
  // All of a turn have its seed: the drill as it is has the targets of its sabotages, and one seed brings any of them back.
  const entries = turns.map(({ trial: { entry, drill, asIs }, turn }) => ({
    ...entry,
    seedOffset: turn,
    skip: () => !asIs && isBroken(drill, done),
  }));
  const outcome = await invoke(
    {
      project,
      runtime,
      entries,
      options: { ...options, json: false, cold: true },
      console: teller,
      without: ['junit'],
      exit: (ofRuns, toolBroke) => exitOfProof(ofRuns, { done, toolBroke }),
    },
    cx,
  );
  if (reporterNames(options, project).includes('junit'))
    await writeDocument(join(outcome.dir, 'junit.xml'), renderTrialsJunit(trials, done));
  if (json)
    printJson(
      cx,
      loaded.map(({ drill }) => summary(drill, done)),
    );
  else print(cx, ...closing(trials, done, loaded), ...wrap(exitLine(outcome.exit), widthOf(cx)), '');
  return outcome.exit.code;
}

function turnsOf(trial: Trial, repeat: number): readonly { readonly trial: Trial; readonly turn: number }[] {
  return Array.from({ length: trial.sabotages ? repeat : 1 }, (_, turn) => ({ trial, turn }));
}

/** A line for each trial: what was done on stderr when it begins, what it has shown on stdout when it is over. */
function tellTrials(
  trials: readonly Trial[],
  { done, cx, json }: { readonly done: Done[]; readonly cx: CommandContext; readonly json: boolean },
): Reporter {
  return {
    name: 'prove',
    onRunStart: ({ index, of }) => {
      const { drill, name } = trials[index] as Trial;
      progress(cx, `[${index + 1}/${of}] ${drill.name}: ${oneLine(name)}`);
    },
    onRunEnd: async (report, { index }) => {
      const trial = trials[index] as Trial;
      const shown = await judgeTrial(trial, report);
      done.push({ trial, report, ...shown });
      if (!json) print(cx, ...trialLines({ trial, report, ...shown }, widthOf(cx)));
    },
  };
}

async function judgeTrial(trial: Trial, report: Report): Promise<Shown> {
  if (report.status === 'interrupted') return cutShort;
  return isUnfit({ trial, report }) ? notProvable(report) : trial.judge(report);
}

const cutShort: Shown = { result: 'untried', because: 'it was interrupted', proved: [] };
const words: Readonly<Record<Shown['result'], string>> = { caught: 'caught', missed: 'MISSED', untried: 'not tried' };

const baselineWords: typeof words = { caught: 'passes', missed: 'FAILS', untried: 'unproved' };

function trialLines({ trial, report, result, because }: Done, width: number): readonly string[] {
  const [first = '', ...more] = wrap(`${trial.drill.name}: ${oneLine(trial.name)}: ${oneLine(because)}`, width - 11);
  const word = (trial.sabotages && !isUnfit({ trial, report }) ? words : baselineWords)[result];
  return [`${word.padEnd(9)}  ${first}`, ...more.map((line) => ' '.repeat(11) + line)];
}

function summary(drill: Drill, done: readonly Done[]) {
  return {
    drill: drill.name,
    asItIs: done.find(({ trial }) => trial.drill === drill && trial.asIs)?.report.verdict,
    sabotages: done
      .filter(({ trial }) => trial.drill === drill && trial.sabotages)
      .map(({ trial, report, result, because }) => ({ name: trial.name, result, because, runId: report.runId })),
    unproved: unproved(drill, done),
  };
}

/** Of the sabotaged runs only what a person has to know about at once counts: that they fail is what they are for. */
function exitOfProof(ofRuns: Exit, proof: { readonly done: readonly Done[]; readonly toolBroke: boolean }): Exit {
  if ([4, 130, 143].includes(ofRuns.code)) return ofRuns;
  const open = proof.done.filter(({ result }) => result !== 'caught');
  // What was missed because something of ours broke says nothing of the drill.
  const broken = open.filter(({ report }) => exitOf([{ ...report, verdict: 'inconclusive' }]).code === 6);
  if (open.some((one) => one.result === 'missed' && !broken.includes(one)))
    return { code: 1, meaning: 'a sabotage was missed, or a drill failed without any' };
  if (proof.toolBroke || broken.length > 0) return exitWith(6);
  return open.length > 0
    ? { code: 3, meaning: 'not every sabotage was tried' }
    : { code: 0, meaning: 'every sabotage was caught' };
}
