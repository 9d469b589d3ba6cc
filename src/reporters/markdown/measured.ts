// What was measured: what clients saw, what was lost, and what had been expected.
import { isJsonObject, type Json } from '../../core/json.ts';
import type { MeasuredWorkload, Report } from '../../core/report.ts';
import { formatCount, formatMs } from '../../core/units.ts';
import { formatInterval, lostWords, oddities, recoveryWords } from '../words.ts';
import { cell, code, inline, table } from './escape.ts';

export function workloads({ measured }: Report): string[] {
  const entries = Object.entries(measured);
  if (entries.length === 0) return [];
  const rows = entries.map(([name, workload]) => [
    cell(name),
    cell(workload.client),
    cell(recoveryWords(workload) ?? 'not measured'),
    ...[workload.ok, workload.failed, workload.unknown, workload.notSent].map(formatCount),
    `${latency(workload.p50Ms)} / ${latency(workload.p99Ms)} / ${latency(workload.maxMs)}`,
    cell(
      Object.entries(workload.errors)
        .map(([error, count]) => `${error || '(no code)'} ${formatCount(count)}`)
        .join('\n'),
    ),
  ]);
  const head = [
    'Workload',
    'Client',
    'Recovery time',
    'Ok',
    'Failed',
    'Unknown',
    'Not sent',
    'p50 / p99 / max',
    'Errors',
  ];
  const meaning = entries.map(([name, { okMeans }]) => `- ${inline(name)}: ok means ${inline(okMeans)}`);
  return [...table(head, rows), '', ...meaning, '', ...outages(entries)];
}

function outages(entries: readonly (readonly [string, MeasuredWorkload])[]): string[] {
  const rows = entries.flatMap(([name, { units }]) =>
    units.flatMap(({ unit, outages: all, detectionFloorMs }) =>
      all.map(({ fromMs, toMs, lowMs, highMs, rescuedByRevert, stutter }) => [
        cell(name),
        cell(unit),
        formatMs(fromMs),
        toMs === undefined ? '**never**' : formatMs(toMs),
        highMs === undefined ? `at least ${formatMs(lowMs)}` : formatInterval(lowMs, highMs),
        rescuedByRevert ? 'our own revert' : toMs === undefined ? '–' : stutter ? 'by itself: a stutter' : 'by itself',
        formatMs(detectionFloorMs),
      ]),
    ),
  );
  if (rows.length === 0) return ['No outage was seen.'];
  return table(['Outage of', 'Unit', 'From', 'To', 'Length', 'Ended by', 'Nothing seen below'], rows);
}

export function dataLoss(report: Report): string[] {
  const ledgers = Object.entries(report.measured).flatMap(([name, workload]) => {
    const lost = lostWords(workload);
    return lost === undefined ? [] : [`- ${[`${inline(name)}: lost ${lost}`, ...oddities(workload)].join('; ')}`];
  });
  return [...ledgers, ...(ledgers.length > 0 ? [''] : []), ...offsets(report)];
}

function offsets({ offsets: pair }: Report): string[] {
  if (pair === undefined) return [];
  const [before, after] = [flatten(pair.before), flatten(pair.after)];
  const rows = [...new Set([...before.keys(), ...after.keys()])].map((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    const grown = typeof was === 'number' && typeof is === 'number' ? formatCount(is - was) : '–';
    return [cell(path), value(was), value(is), grown];
  });
  return table(['Replication offset', 'Before', 'After', 'Grown by'], rows);
}

export function prediction({ predicted }: Report): string[] {
  if (predicted === undefined) return [];
  const { lowMs, highMs, allowanceMs, formula, inputs } = predicted;
  const given = Object.entries(inputs).map(([name, input]) => `- ${code(name)}: ${inline(String(input))}`);
  return [
    `${formatInterval(lowMs, highMs)}, and ${formatMs(allowanceMs)} for propagation: ${inline(formula)}`,
    '',
    ...given,
  ];
}

function flatten(json: Json, path: readonly string[] = []): Map<string, Json> {
  if (isJsonObject(json))
    return new Map(Object.entries(json).flatMap(([name, inner]) => [...flatten(inner, [...path, name])]));
  return new Map(json === null ? [] : [[path.join(' '), json]]);
}

function value(json: Json | undefined): string {
  if (json === undefined) return '–';
  return typeof json === 'number' ? formatCount(json) : cell(typeof json === 'string' ? json : JSON.stringify(json));
}

function latency(ms: number | undefined): string {
  return ms === undefined ? '–' : formatMs(ms);
}
