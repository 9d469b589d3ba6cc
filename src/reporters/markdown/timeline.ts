// Everything that has a moment, in order.
import type { Report } from '../../core/report.ts';
import { formatMs } from '../../core/units.ts';
import { firstFault } from '../words.ts';

export interface Moment {
  readonly atMs: number;
  readonly what: string;
}

/** From the call of the first fault where there is one: what came before it is of no interest in a ticket. */
export function timeline(report: Report): Moment[] {
  const moments: Moment[] = [
    ...report.faults.flatMap(({ step, kind, targets, calledAtMs, confirmedAtMs, revertedAtMs }) => [
      ...moment(calledAtMs, `${step}: ${kind} on ${targets.join(', ') || 'nothing'} called`),
      ...moment(confirmedAtMs, `${step}: proved to be in effect`),
      ...moment(revertedAtMs, `${step}: reverted by us`),
    ]),
    ...report.phases.flatMap(({ name, atMs, detail }) => moment(atMs, detail === '' ? name : `${name}: ${detail}`)),
    ...Object.entries(report.measured).flatMap(([name, { units }]) =>
      units.flatMap(({ unit, outages }) =>
        outages.flatMap(({ fromMs, toMs, rescuedByRevert }) => [
          ...moment(fromMs, `${name}, ${unit}: last ok`),
          ...moment(toMs, `${name}, ${unit}: ok again${rescuedByRevert ? ', rescued by our own revert' : ''}`),
        ]),
      ),
    ),
    ...moment(report.redundantAgainAtMs?.highMs, 'the steady state is back'),
  ];
  return moments.sort((a, b) => a.atMs - b.atMs);
}

/** `+6.24 s` after the first fault's call, `−0.10 s` before it. Asked only where there is one. */
export function sinceFault(report: Report, atMs: number): string {
  const afterMs = atMs - (firstFault(report)?.calledAtMs ?? 0);
  return `${afterMs < 0 ? '−' : '+'}${formatMs(Math.abs(afterMs))}`;
}

function moment(atMs: number | undefined, what: string): Moment[] {
  return atMs === undefined ? [] : [{ atMs, what }];
}
