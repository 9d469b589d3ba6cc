// Trials as JUnit: a testsuite is a drill, a testcase a sabotage. One that was caught is green: that its run has failed is
// what it is for. Of the runs themselves there is none, because a CI server would show each of them as red.
import type { Drill } from '../../core/drill.ts';
import type { Report } from '../../core/report.ts';
import { type Element, element, renderXml } from '../../reporters/junit/xml.ts';
import type { Shown, Trial } from './trial.ts';

export interface TriedOnce extends Shown {
  readonly trial: Trial;
  readonly report: Report;
}

/** `trials`: all that were to be run; those that were not are errors, because nothing was proved of them. */
export function renderTrialsJunit(trials: readonly Trial[], done: readonly TriedOnce[]): string {
  const suites = [...Map.groupBy(trials, ({ drill }) => drill)].map(([drill, own]) => suiteOf(drill, own, done));
  return renderXml(element('testsuites', { name: 'firedrill prove', ...totals(suites) }, suites));
}

function suiteOf(drill: Drill, trials: readonly Trial[], done: readonly TriedOnce[]): Element {
  const name = `${drill.name} [proof]`;
  const tried = done.filter(({ trial }) => trial.drill === drill);
  const cases = trials.map((trial, at) => caseOf(trial, tried[at], name));
  const count = (child: string): number => cases.filter(({ children }) => isOf(children[0], child)).length;
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') };
  const seconds = tried.reduce((sum, { report }) => sum + report.durationMs / 1000, 0);
  return element('testsuite', { name, ...counts, skipped: 0, time: seconds.toFixed(3), file: drill.file }, cases);
}

function caseOf({ name, drill }: Trial, one: TriedOnce | undefined, classname: string): Element {
  const attributes = { classname, name, time: ((one?.report.durationMs ?? 0) / 1000).toFixed(3), file: drill.file };
  if (one?.result === 'caught') return element('testcase', attributes);
  const because = one?.because ?? 'it was not run';
  const kind = one?.result === 'missed' ? 'failure' : 'error';
  const run = one === undefined ? [] : [`run: ${one.report.runId}`];
  return element('testcase', attributes, [
    element(kind, { message: because, type: one?.result ?? 'notRun' }, [[because, ...run].join('\n')]),
  ]);
}

function isOf(child: Element | string | undefined, name: string): boolean {
  return typeof child === 'object' && child.name === name;
}

function totals(suites: readonly Element[]): Readonly<Record<string, number>> {
  const sum = (of: string): number => suites.reduce((total, { attributes }) => total + Number(attributes[of] ?? 0), 0);
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors') };
}
