// When probes saw that the steady state was not there: all that is known of an outage where nothing is written.
import type { ProbeSpec } from '../../core/drill.ts';
import type { Journal } from '../../core/journal.ts';
import { evaluate } from '../../core/tolerance.ts';
import type { Bounds } from '../../core/verdict.ts';
import type { Span } from '../operations.ts';

export interface Deviation extends Bounds {
  readonly probe: string;
  /** The first that was seen of it: `expected acceptingWrites 1, is 0`. */
  readonly what: string;
  /** From the last reading that held to the first that held again; undefined = none did. */
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

/**
 * Of every probe of the hypothesis, in order of time. It deviated at least from the first reading that shows it to the last,
 * and at most between the readings around those. One that could not be read shows neither.
 */
export function deviationsIn(journal: Journal, span: Span): readonly Deviation[] {
  const { probes } = journal.run.drill.steadyStateHypothesis;
  return probes.flatMap((spec) => deviationsOf(spec, journal, span)).sort((a, b) => a.fromMs - b.fromMs);
}

interface Open {
  readonly what: string;
  readonly fromMs: number;
  readonly firstSeenMs: number;
  lastSeenMs: number;
}

function deviationsOf({ name, tolerance }: ProbeSpec, journal: Journal, { fromMs, toMs }: Span): readonly Deviation[] {
  const found: Deviation[] = [];
  let held = fromMs;
  let open: Open | undefined;
  for (const event of journal.events) {
    if (event.type !== 'probe' || event.probe !== name || event.error !== undefined) continue;
    if (event.startedMs < fromMs || event.atMs > toMs) continue;
    const { holds, expected, actual } = evaluate(tolerance, event.value);
    if (!holds) {
      open ??= {
        what: `expected ${expected}, is ${actual}`,
        fromMs: held,
        firstSeenMs: event.atMs,
        lastSeenMs: event.atMs,
      };
      open.lastSeenMs = event.startedMs;
      continue;
    }
    if (open !== undefined) found.push(closed(name, open, event.atMs));
    open = undefined;
    held = event.startedMs;
  }
  return open === undefined ? found : [...found, closed(name, open, undefined)];
}

function closed(probe: string, { what, fromMs, firstSeenMs, lastSeenMs }: Open, toMs: number | undefined): Deviation {
  const lowMs = Math.max(0, lastSeenMs - firstSeenMs);
  return { probe, what, fromMs, toMs, lowMs, highMs: toMs === undefined ? undefined : toMs - fromMs };
}
