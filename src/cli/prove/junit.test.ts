import { describe, expect, it } from 'vitest';
import { exampleDrill, testRegistry } from '../../../test/drill-registry.ts';
import { parseDrill } from '../../drill/load.ts';
import { passed } from '../../reporters/testing/passed.ts';
import { renderTrialsJunit, type TriedOnce } from './junit.ts';
import type { Shown } from './trial.ts';
import { trialsOf } from './trials.ts';

const proving = { registry: testRegistry, reportsDir: 'reports' };
const trials = trialsOf(parseDrill(exampleDrill, 'drills/x.drill.yaml', { registry: testRegistry }), proving);

function done(...results: readonly Shown['result'][]): TriedOnce[] {
  const report = { ...passed, verdict: 'failed' as const, sabotage: 'on purpose' };
  return results.flatMap((result, at) => {
    const trial = trials[at];
    return trial === undefined ? [] : [{ trial, report, result, because: `it was ${result}`, proved: [] }];
  });
}

describe('the JUnit of trials', () => {
  it('is green where every sabotage was caught, although the runs have failed', () => {
    const text = renderTrialsJunit(trials, done('caught', 'caught', 'caught', 'caught'));
    expect(text).toContain('<testsuites name="firedrill prove" tests="4" failures="0" errors="0">');
    expect(text).toContain('name="the host dies with its last second unsent"');
    expect(text).not.toMatch(/<failure|<error/);
  });

  it('is red for one that was missed, and for those of which nothing is known', () => {
    const text = renderTrialsJunit(trials, done('caught', 'missed', 'untried'));
    expect(text).toContain('<testsuites name="firedrill prove" tests="4" failures="1" errors="2">');
    expect(text).toContain('<failure message="it was missed" type="missed">');
    expect(text).toContain('<error message="it was untried" type="untried">');
    expect(text).toContain('<error message="it was not run" type="notRun">');
  });
});
