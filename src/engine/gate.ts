// Before anything is hurt: the steady state is there, and what the cluster is like is written down.
import { DrillError } from '../core/error.ts';
import { waitForSteady } from './hypothesis.ts';
import { observe, readSettings } from './observe.ts';
import type { Before } from './restore.ts';
import { calmContext, type Session } from './session.ts';

/** How long the steady state has to hold before anything is hurt. */
const GATE_HELD_MS = 500;

/**
 * Throws unless the steady state is there, and stays for a moment, before the drill's time for it is up. Who only watches
 * watches a cluster that is not well, too: then it resolves with what is not so.
 */
export async function untilSteady(session: Session): Promise<string | undefined> {
  const { plan, samplers, clock, ending, enough } = session;
  const result = await waitForSteady(
    { drill: plan.drill, samplers, nowMs: clock.nowMs, signal: ending },
    { withinMs: plan.drill.timing.startWithinMs, heldForMs: GATE_HELD_MS },
  );
  if (result.steady) return undefined;
  if (ending.aborted) throw new DrillError('INTERRUPTED', 'ended before the fault');
  if (enough !== undefined) return result.because;
  throw new DrillError('STEADY_STATE_ABSENT', `the steady state was not there before the fault: ${result.because}`, {
    hint: 'Nothing was injected. Mend the cluster, or the hypothesis.',
  });
}

/** What will be compared with when the run is over. */
export async function lookBefore(session: Session): Promise<Before> {
  const { journal, plan } = session;
  const cx = calmContext(session);
  const view = await observe(plan.services, cx);
  const settings = await readSettings(plan.services, cx);
  journal.write({ type: 'view', moment: 'gate', view });
  journal.write({ type: 'settings', moment: 'before', settings });
  return { view, settings };
}
