import { describe, expect, it } from 'vitest';
import type { Drill, Hold, StepSpec } from '../../core/drill.ts';
import type { Band } from '../../core/verdict.ts';
import { timeDrill } from './timing.ts';

const position = { file: 'x.drill.yaml', line: 1, col: 1 };
const timing = { warmUpMs: 5000, recoveryWithinMs: 60_000, heldForMs: 3000, drainWithinMs: 30_000 };
const band: Band = { lowMs: 5300, highMs: 7200, formula: '', inputs: {}, allowanceMs: 500 };

function fault(name: string, hold: Hold, overlap = false): StepSpec {
  return { verb: 'fault', name, kind: 'x', targets: undefined, params: {}, hold, overlap, position };
}

function methodOf(method: readonly StepSpec[], bands: ReadonlyMap<string, readonly Band[]> = new Map()) {
  return timeDrill({ timing, method } as unknown as Drill, bands).method;
}

describe('how long a drill takes', () => {
  it('is the sum of its phases', () => {
    const drill = { timing, method: [{ verb: 'pause', name: 'pause', ms: 2000, position }] } as unknown as Drill;
    expect(timeDrill(drill, new Map()).total).toEqual({ minMs: 10_000, maxMs: 97_000 });
  });

  it('counts a hold until recovery from what is predicted, up to its end', () => {
    const untilRecovered: Hold = { type: 'untilRecovered', atMostMs: 20_000 };
    expect(methodOf([fault('kill', untilRecovered)])).toEqual({ minMs: 3000, maxMs: 20_000 });
    expect(methodOf([fault('kill', untilRecovered)], new Map([['kill', [band]]]))).toEqual({
      minMs: 8300,
      maxMs: 20_000,
    });
    expect(methodOf([fault('kill', { ...untilRecovered, atMostMs: 4000 })], new Map([['kill', [band]]]))).toEqual({
      minMs: 4000,
      maxMs: 4000,
    });
  });

  it('does not count overlapping holds twice, nor what a revert cuts short', () => {
    const cut = fault('cut', { type: 'duration', ms: 10_000 }, true);
    const pause: StepSpec = { verb: 'pause', name: 'pause', ms: 4000, position };
    expect(methodOf([cut, pause])).toEqual({ minMs: 10_000, maxMs: 10_000 });
    const revert: StepSpec = { verb: 'revert', name: 'revert', step: 'cut', position };
    expect(methodOf([cut, pause, revert])).toEqual({ minMs: 4000, maxMs: 4000 });
    expect(methodOf([fault('stop', { type: 'untilEnd' }), pause])).toEqual({ minMs: 4000, maxMs: 4000 });
  });
});
