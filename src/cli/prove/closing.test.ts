import { describe, expect, it } from 'vitest';
import type { Drill } from '../../core/drill.ts';
import type { Report } from '../../core/report.ts';
import { closing } from './closing.ts';
import type { TriedOnce } from './junit.ts';
import type { Shown, Trial } from './trial.ts';

const kill = drill('kill', ['rto']);
const pause = drill('pause', ['rto', 'rpo']);

function drill(name: string, assertions: readonly string[]): Drill {
  const own = assertions.map((assertion) => ({ name: assertion }));
  return { name, assertions: own, selfTest: [{ fails: ['rto'] }] } as unknown as Drill;
}

function trial(of: Drill, asIs: boolean): Trial {
  return { drill: of, name: 'a trial', asIs, sabotages: !asIs } as unknown as Trial;
}

function ran(one: Trial, verdict: Report['verdict'], result: Shown['result']): TriedOnce {
  return { trial: one, report: { verdict } as Report, result, because: '', proved: [] };
}

describe('the end of a proof', () => {
  const trials = [trial(kill, true), trial(kill, false), trial(pause, true), trial(pause, false)];
  const [killAsIs, killBroken, pauseAsIs, pauseBroken] = trials as [Trial, Trial, Trial, Trial];
  const passed = [ran(killAsIs, 'passed', 'caught'), ran(killBroken, 'failed', 'caught')];

  it('has what was caught, and what nothing proves', () => {
    const all = [...passed, ran(pauseAsIs, 'passed', 'caught'), ran(pauseBroken, 'passed', 'missed')];
    expect(closing(trials, all, [{ drill: kill }, { drill: pause }])).toEqual([
      '',
      'pause: rpo is not proved by any sabotage',
      '2 sabotages: 1 caught, 1 missed',
    ]);
  });

  it('says why some were not run: their drill did not pass as it is', () => {
    const all = [...passed, ran(pauseAsIs, 'failed', 'missed')];
    expect(closing(trials, all, [{ drill: kill }, { drill: pause }]).slice(-2)).toEqual([
      'pause did not pass without any sabotage',
      '2 sabotages: 1 caught, 0 missed, 1 not run',
    ]);
  });

  it('was tried in vain when it was interrupted', () => {
    const derived = { ...killAsIs, sabotages: true };
    const { report, ...rest } = ran(derived, 'inconclusive', 'untried');
    const all = [{ ...rest, report: { ...report, status: 'interrupted' as const } }];
    expect(closing([derived, killBroken], all, [{ drill: kill }]).at(-1)).toBe(
      '2 sabotages: 0 caught, 0 missed, 1 not tried, 1 not run',
    );
  });

  it('misses none of a drill whose first one is the drill as it is, when that fails', () => {
    const derived = { ...killAsIs, sabotages: true };
    const all = [ran(derived, 'failed', 'missed')];
    expect(closing([derived, killBroken], all, [{ drill: kill }]).slice(-2)).toEqual([
      'kill did not pass without any sabotage',
      '2 sabotages: 0 caught, 0 missed, 2 not run',
    ]);
  });
});
