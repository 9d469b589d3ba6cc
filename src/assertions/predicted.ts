import { z } from 'zod';
import type { EventBody, Journal } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import type { Band, Verdict } from '../core/verdict.ts';
import { faultTimes } from '../measure/faults.ts';
import { FIRST_FAILURE, FIRST_SILENCE, phasesOf } from '../measure/phases.ts';
import type { Recovery } from '../measure/recovery.ts';
import { momentOf } from '../measure/windows.ts';
import { eachOf, finding, noData } from './finding.ts';
import { describeRecovery, recoveryOrWhy } from './recovered.ts';

const params = z.strictObject({});

const ASKED = 'within the predicted band';

/** The measured time lies where the live settings say that it should. Never turns another assertion's failure into something else. */
export const predicted: Assertion<z.output<typeof params>> = {
  kind: 'predicted',
  summary: 'Recovery took as long as the live settings say that it should',
  params,
  says: 'the band with its formula, the recovery time, and where most of it went when it was longer than the settings explain',
  takes: ['of', 'since'],
  requires: ['of'],
  check: (_, { spec, journal }) => {
    const step = spec.since ?? faultTimes(journal.events)[0]?.step;
    return eachOf(spec.of, ASKED, (name) => {
      const prediction = predictionOf(step, journal.ops[name]?.header.service, journal);
      const { band, because = 'nothing was predicted' } = prediction ?? {};
      const recovery = recoveryOrWhy(name, step, journal);
      if (band === undefined) return withoutBand(because, prediction?.outage, recovery);
      return typeof recovery === 'string'
        ? noData(describe(band), recovery)
        : compare(recovery, band, { journal, step });
    });
  },
};

type Prediction = Extract<EventBody, { readonly type: 'predicted' }>;

/** What was predicted for a step by the service that a workload uses. */
function predictionOf(
  step: string | undefined,
  service: string | undefined,
  { events }: Journal,
): Prediction | undefined {
  const predictions = events.flatMap((event) =>
    event.type === 'predicted' &&
    event.step === step &&
    (service === undefined || event.service === undefined || event.service === service)
      ? [event]
      : [],
  );
  return predictions.find(({ band }) => band !== undefined) ?? predictions[0];
}

/** Settings with which nothing comes back explain no recovery: neither one that was measured, nor that there was none. */
function withoutBand(because: string, outage: Prediction['outage'], recovery: Recovery | string): Finding {
  if (outage !== 'lasting' || typeof recovery === 'string') return noData(ASKED, because);
  return finding('failed', {
    expected: ASKED,
    actual: describeRecovery(recovery),
    because: `the settings say that service does not come back by itself: ${because}`,
    data: { lowMs: recovery.lowMs, highMs: recovery.highMs ?? null },
  });
}

interface Context {
  readonly journal: Journal;
  readonly step: string | undefined;
}

function describe({ lowMs, highMs, allowanceMs }: Band): string {
  return `${formatMs(lowMs)} to ${formatMs(highMs)} (+${formatMs(allowanceMs)} to reach clients)`;
}

function compare(recovery: Recovery, band: Band, cx: Context): Finding {
  const { verdict, because } = place(recovery, band, cx);
  const data = {
    lowMs: recovery.lowMs,
    highMs: recovery.highMs ?? null,
    bandLowMs: band.lowMs,
    bandHighMs: band.highMs,
    formula: band.formula,
  };
  return finding(verdict, { expected: describe(band), actual: describeRecovery(recovery), because, data });
}

function place(recovery: Recovery, band: Band, cx: Context): { readonly verdict: Verdict; readonly because: string } {
  const { seen, lowMs, highMs, cutShort } = recovery;
  if (lowMs > band.highMs + band.allowanceMs) {
    return { verdict: 'failed', because: `longer than the settings explain; ${slowestPhase(recovery, cx)}` };
  }
  if (highMs === undefined || cutShort) {
    return { verdict: 'inconclusive', because: 'the fault was taken out before the predicted time was over' };
  }
  if (highMs >= band.lowMs && !seen) {
    return { verdict: 'inconclusive', because: 'too little was asked to see an outage as long as the predicted one' };
  }
  if (highMs >= band.lowMs) return { verdict: 'passed', because: '' };
  const faster = seen ? 'faster than the settings allow' : 'the settings say that there is one';
  return {
    verdict: 'failed',
    because: `${faster}: was the fault what it was meant to be, and the target the right one?`,
  };
}

/** Between which two moments most of the time went, until service was back. */
function slowestPhase({ backByMs }: Recovery, { journal, step }: Context): string {
  const moment = momentOf(step, journal);
  const untilMs = backByMs ?? moment?.revertCalledMs ?? Number.POSITIVE_INFINITY;
  const phases = phasesOf(journal).filter(
    ({ name, atMs }) =>
      name !== FIRST_FAILURE && name !== FIRST_SILENCE && atMs >= (moment?.byMs ?? 0) && atMs <= untilMs,
  );
  if (moment === undefined || phases.length === 0) return 'no server said where the time went';
  const moments = [{ name: 'the fault', atMs: moment.byMs }, ...phases];
  if (moment.revertCalledMs === untilMs) moments.push({ name: 'our own revert', atMs: untilMs });
  const spans = moments.slice(1).map((to, at) => ({ from: moments[at], to, ms: to.atMs - (moments[at]?.atMs ?? 0) }));
  const longest = spans.reduce((a, b) => (b.ms > a.ms ? b : a));
  return `most of it from ${longest.from?.name} to ${longest.to.name} (${formatMs(longest.ms)})`;
}
