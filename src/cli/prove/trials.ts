// What is tried to prove that a drill can fail.
import { applyOverride, type LoadedDrill } from '../../drill/load.ts';
import { derivedTrials } from './derived.ts';
import { mustFail, type Proving, type Trial } from './trial.ts';

/** The drill's own sabotages, or three derived ones when it has none. */
export function trialsOf(loaded: LoadedDrill, proving: Proving): readonly Trial[] {
  const { drill } = loaded;
  if (drill.selfTest.length === 0) return derivedTrials(loaded, proving);
  return drill.selfTest.map((selfTest) => ({
    drill,
    name: selfTest.name,
    entry: {
      drill: applyOverride(loaded, selfTest, { registry: proving.registry }).drill,
      sabotage: selfTest.name,
    },
    judge: (report) => mustFail(selfTest.fails, report),
  }));
}
