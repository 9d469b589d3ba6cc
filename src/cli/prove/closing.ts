// What a proof ends with: how many sabotages were caught, what none of them proves, and why some were not run.
import type { Drill } from '../../core/drill.ts';
import type { TriedOnce } from './junit.ts';
import type { Shown, Trial } from './trial.ts';

/** `all`: what was to be run. The last line has the numbers. */
export function closing(
  all: readonly Trial[],
  ran: readonly TriedOnce[],
  loaded: readonly { readonly drill: Drill }[],
): readonly string[] {
  const trials = all.filter(({ sabotages }) => sabotages);
  const done = ran.filter((one) => one.trial.sabotages && !isUnfit(one));
  const count = (result: Shown['result']): number => done.filter((one) => one.result === result).length;
  const parts = [
    `${count('caught')} caught`,
    `${count('missed')} missed`,
    ...(count('untried') > 0 ? [`${count('untried')} not tried`] : []),
    ...(done.length < trials.length ? [`${trials.length - done.length} not run`] : []),
  ];
  const drills = loaded.map(({ drill }) => drill);
  const broken = drills.filter((drill) => isBroken(drill, ran)).map(({ name }) => name);
  return [
    '',
    ...drills.flatMap((drill) => unprovedLines(drill, done)),
    ...(broken.length > 0 ? [`${broken.join(', ')} did not pass without any sabotage`] : []),
    `${trials.length} ${trials.length === 1 ? 'sabotage' : 'sabotages'}: ${parts.join(', ')}`,
  ];
}

/** It was run as it is, and did not pass. */
export function isBroken(drill: Drill, done: readonly TriedOnce[]): boolean {
  return done.some((one) => one.trial.drill === drill && failsAsIs(one));
}

/** A drill as it is that ran to its end and did not pass: nothing was sabotaged in it. */
export function isUnfit(one: Pick<TriedOnce, 'trial' | 'report'>): boolean {
  return failsAsIs(one) && one.report.status !== 'interrupted';
}

function failsAsIs({ trial, report }: Pick<TriedOnce, 'trial' | 'report'>): boolean {
  return trial.asIs && report.verdict !== 'passed';
}

function unprovedLines(drill: Drill, done: readonly TriedOnce[]): readonly string[] {
  return unproved(drill, done).map(
    ({ name, because }) =>
      `${drill.name}: ${name} is not proved by any sabotage${because === '' ? '' : `: ${because}`}`,
  );
}

/** Assertions of the drill that nothing has made fail, or is meant to, with the reason that the drill gives. */
export function unproved(
  drill: Drill,
  done: readonly TriedOnce[],
): readonly { readonly name: string; readonly because: string }[] {
  const shown = done.filter(({ trial }) => trial.drill.name === drill.name).flatMap(({ proved }) => proved);
  const named = new Set([...drill.selfTest.flatMap(({ fails }) => fails), ...shown]);
  return drill.assertions
    .filter(({ name }) => !named.has(name))
    .map(({ name, unproven }) => ({ name, because: unproven ?? '' }));
}
