// What is tried to prove that a drill can fail.
import type { Report } from '../../core/report.ts';
import { applyOverride, type LoadedDrill } from '../../drill/load.ts';
import { derivedTrials } from './derived.ts';
import { mustFail, type Proving, type Trial } from './trial.ts';

/** The drill as it is, which must pass; then its own sabotages, or three derived ones when it has none. */
export function trialsOf(loaded: LoadedDrill, proving: Proving): readonly Trial[] {
  const { drill } = loaded;
  if (drill.selfTest.length === 0) return derivedTrials(loaded, proving);
  const asItIs: Trial = {
    drill,
    name: 'without any sabotage',
    entry: { drill, sabotage: undefined },
    asIs: true,
    sabotages: false,
    judge: () => ({ result: 'caught', because: 'passed', proved: [] }),
  };
  const own = drill.selfTest.map((selfTest) => ({
    drill,
    name: selfTest.name,
    entry: {
      drill: applyOverride(loaded, selfTest, { registry: proving.registry }).drill,
      sabotage: selfTest.name,
    },
    asIs: false,
    sabotages: true,
    judge: (report: Report) => mustFail(selfTest.fails, report),
  }));
  return [asItIs, ...own];
}
