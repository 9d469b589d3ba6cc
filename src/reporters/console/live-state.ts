// What is going on right now, folded from the events: the few lines at the bottom of a terminal.
import type { JournalEvent, LiveCounters, StepEvent } from '../../core/journal.ts';
import { formatCount, formatMs } from '../../core/units.ts';
import { displayWidth, oneLine, truncate } from '../text.ts';
import { layOut } from './columns.ts';
import { phaseNames } from './event-lines.ts';
import { tellsStory } from './story.ts';

export interface LiveState {
  apply(event: JournalEvent): void;
  /** `nowMs` on the run's clock. Every line fits into `width`. */
  lines(nowMs: number, width: number): string[];
}

/** `12.4 s`: steadier to look at than two digits. */
export function elapsed(ms: number): string {
  return ms < 120_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : formatMs(ms);
}

interface Going {
  readonly text: string;
  readonly sinceMs: number;
}

export function createLiveState(): LiveState {
  let phase: Going = { text: 'beginning', sinceMs: 0 };
  let faultMs: number | undefined;
  let workloads: Readonly<Record<string, LiveCounters>> = {};
  const stopped = new Set<string>();
  const steps = new Map<string, Going>();
  const marks = new Map<string, number>();

  function applyStep(event: StepEvent, sinceMs: number): void {
    if (event.verb === 'fault' && event.state === 'called') faultMs ??= sinceMs;
    const text = goingOn(event);
    if (text !== undefined) steps.set(event.step, { text, sinceMs });
    // The hold of a fault may be over: it is still in, and goes on counting.
    else if (event.verb !== 'fault' || event.state !== 'ended') steps.delete(event.step);
  }

  return {
    apply(event) {
      const { type, atMs } = event;
      if (type === 'phase' && event.state === 'begin') phase = { text: phaseNames[event.phase], sinceMs: atMs };
      if (type === 'step') applyStep(event, atMs);
      if (type === 'mark' && faultMs !== undefined && tellsStory(event) && !marks.has(event.mark))
        marks.set(event.mark, atMs - faultMs);
      if (type === 'heartbeat') workloads = event.workloads;
      if (type === 'workload' && event.state === 'stopped') stopped.add(event.workload);
    },
    lines(nowMs, width) {
      const head = `▸ ${phase.text} ${elapsed(nowMs - phase.sinceMs)} · ${elapsed(nowMs)} in all`;
      const going = [...steps.values()].map(({ text, sinceMs }) => `  ${oneLine(text)} ${elapsed(nowMs - sinceMs)}`);
      const beats = Object.entries(workloads).map(([name, counters]) =>
        heartbeat(name, counters, stopped.has(name) ? 'stopped' : service(counters, nowMs)),
      );
      // Beats are as wide as they want to be: a line that is cut off at its end is better than one that moves.
      const table = layOut(beats, Number.MAX_SAFE_INTEGER).flatMap((lines) => lines.map((line) => `  ${line}`));
      return [head, ...going, ...markLine(marks, width), ...table].map((line) => truncate(line, width));
    },
  };
}

/** Undefined when there is nothing new to say. */
function goingOn({ step, verb, kind, state, targets }: StepEvent): string | undefined {
  const on = targets.length === 0 ? '' : ` on ${targets.join(', ')}`;
  if (state === 'called') return calledWords({ step, verb, kind }, on);
  if (verb !== 'fault') return undefined;
  if (state === 'confirmed') return `${step}: ${kind}${on}, in for`;
  return state === 'revertCalled' ? `${step}: reverting ${kind}${on},` : undefined;
}

function calledWords({ step, verb, kind }: Pick<StepEvent, 'step' | 'verb' | 'kind'>, on: string): string {
  if (verb === 'fault') return `${step}: injecting ${kind}${on},`;
  return verb === 'pause' ? `${step}: waiting,` : `${step}: ${verb} ${kind},`;
}

/** The latest ones, where not all of them fit. */
function markLine(marks: ReadonlyMap<string, number>, width: number): string[] {
  const all = [...marks].map(([mark, afterMs]) => `${oneLine(mark)} ${elapsed(afterMs)}`);
  if (all.length === 0) return [];
  for (let from = 0; from < all.length; from += 1) {
    const line = `  ${from === 0 ? '' : '… '}${all.slice(from).join(' · ')}`;
    if (displayWidth(line) <= width) return [line];
  }
  return [`  ${all.at(-1) ?? ''}`];
}

/** What went wrong stands where it is seen: beside the outage while there is one, at the end when it is over. */
function heartbeat(name: string, counters: LiveCounters, state: string): string[] {
  const { ok, failed, unknown, notSent } = counters;
  const counts = [
    `${formatCount(ok)} ok`,
    `${formatCount(failed)} failed`,
    `${formatCount(unknown)} unknown`,
    `${formatCount(notSent)} not sent`,
  ];
  const error = counters.lastError === undefined ? '' : oneLine(counters.lastError);
  const over = counters.okSinceMs !== undefined;
  return [oneLine(name), over || error === '' ? state : `${state}, ${error}`, ...counts, over ? error : ''];
}

function service({ lastOkMs, okSinceMs }: LiveCounters, nowMs: number): string {
  if (okSinceMs !== undefined) return 'serving';
  return lastOkMs === undefined ? 'no service yet' : `NO SERVICE ${elapsed(nowMs - lastOkMs)}`;
}
