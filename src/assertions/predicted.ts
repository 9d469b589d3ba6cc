import { z } from 'zod';
import type { Journal } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import type { Band } from '../core/verdict.ts';
import { recoveryTime } from '../measure/measure.ts';
import { phasesOf } from '../measure/phases.ts';
import { faultOf, type Recovery } from '../measure/recovery.ts';
import { finding, formatBounds, noData } from './finding.ts';

const params = z.strictObject({});

/** The measured time lies where the live settings say that it should. Never turns another assertion's failure into something else. */
export const predicted: Assertion<z.output<typeof params>> = {
  kind: 'predicted',
  summary: 'Recovery took as long as the live settings say that it should',
  params,
  says: 'the band with its formula, the recovery time, and where most of it went when it was longer than the settings explain',
  takes: ['of', 'since'],
  requires: ['of'],
  check: (_, { spec, journal }) => {
    const event = journal.events.find(
      (e) => e.type === 'predicted' && (spec.since === undefined || e.step === spec.since) && e.band !== undefined,
    );
    const silent = journal.events.find(
      (e) => e.type === 'predicted' && (spec.since === undefined || e.step === spec.since),
    );
    if (event?.type !== 'predicted' || event.band === undefined) {
      return noData(
        'within the predicted band',
        silent?.type === 'predicted' ? (silent.because ?? 'nothing was predicted') : 'nothing was predicted',
      );
    }
    const [name = ''] = spec.of;
    const recovery = recoveryTime(name, spec.since, journal);
    if (recovery === undefined)
      return noData(describe(event.band), `no fault took effect, or ${name} sent nothing after it`);
    return compare(recovery, event.band, { journal, since: spec.since });
  },
};

function describe({ lowMs, highMs, allowanceMs }: Band): string {
  return `${formatMs(lowMs)} to ${formatMs(highMs)} (+${formatMs(allowanceMs)} to reach clients)`;
}

function compare(
  recovery: Recovery,
  band: Band,
  cx: { readonly journal: Journal; readonly since: string | undefined },
): Finding {
  const expected = describe(band);
  const actual = formatBounds(recovery);
  const data = {
    lowMs: recovery.lowMs,
    highMs: recovery.highMs ?? null,
    bandLowMs: band.lowMs,
    bandHighMs: band.highMs,
    formula: band.formula,
  };
  if (recovery.highMs !== undefined && recovery.highMs < band.lowMs) {
    return finding('failed', {
      expected,
      actual,
      because: 'faster than the settings allow: was the fault what it was meant to be, and the target the right one?',
      data,
    });
  }
  if (recovery.lowMs > band.highMs + band.allowanceMs) {
    return finding('failed', {
      expected,
      actual,
      because: `longer than the settings explain; ${slowestPhase(cx)}`,
      data,
    });
  }
  return finding('passed', { expected, actual, because: '', data });
}

/** Between which two marks most of the time went. */
function slowestPhase({ journal, since }: { readonly journal: Journal; readonly since: string | undefined }): string {
  const fault = faultOf(journal, since);
  if (fault === undefined) return 'nothing says where the time went';
  const moments = [
    { name: 'the fault', atMs: fault.calledMs },
    ...phasesOf(journal).filter((phase) => phase.name !== 'first-failure'),
  ];
  let slowest = { what: 'no server said anything', ms: 0 };
  for (const [at, moment] of moments.entries()) {
    const next = moments[at + 1];
    if (next !== undefined && next.atMs - moment.atMs > slowest.ms) {
      slowest = {
        what: `most of it from ${moment.name} to ${next.name} (${formatMs(next.atMs - moment.atMs)})`,
        ms: next.atMs - moment.atMs,
      };
    }
  }
  return slowest.what;
}
