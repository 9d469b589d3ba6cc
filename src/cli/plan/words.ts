// Parts of a drill in words, for people who read a plan.
import type { AssertionSpec, Drill, Hold, ProbeRef, Selector, TopicSpec } from '../../core/drill.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { describeTolerance, type Tolerance } from '../../core/tolerance.ts';
import { formatMs, writeDuration } from '../../core/units.ts';

/** A duration that somebody set: `20 s`, and not `20.00 s`, which is for what was measured. */
export function setMs(ms: number): string {
  return formatMs(ms).replace(/\.0+ s$/, ' s');
}

/** Parsed parameters with the units that their names carry: `rate 100/s, deadline 500 ms, confirmedBy 1`. */
export function paramWords(params: unknown): string {
  if (!isJsonObject(params)) return '';
  return Object.entries(params)
    .flatMap(([name, value]) => (value === undefined || value === null ? [] : [paramWord(name, value)]))
    .join(', ');
}

function paramWord(name: string, value: Json): string {
  if (typeof value === 'number' && name.endsWith('Ms')) return `${name.slice(0, -2)} ${setMs(value)}`;
  if (typeof value === 'number' && name.endsWith('PerSecond')) return `${name.slice(0, -9)} ${value}/s`;
  return `${name} ${valueWord(value)}`;
}

/** As a person writes it in YAML, on one line: what is not set is not there, and durations have their unit. */
export function valueWord(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(valueWord).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, inner]) => entryWord(key, inner)).join(', ')} }`;
}

function entryWord(key: string, value: Json): string {
  if (typeof value === 'number' && key.endsWith('Ms')) return `${key.slice(0, -2)}: ${writeDuration(value)}`;
  if (typeof value === 'number' && key.endsWith('PerSecond')) return `${key.slice(0, -9)}: ${value}/s`;
  return `${key}: ${valueWord(value)}`;
}

/** After what an undo does: what it knows of the time before. Empty where it needs nothing. */
export function undoWords(prior: Json | undefined): string {
  const words = prior === undefined || prior === null ? '' : valueWord(prior);
  return words === '' || words === '{}' ? '' : `, with ${words}`;
}

/** `with` as its author wrote it, with what each `$param` stands for: limits are read best in their own units. */
export function writtenParams(drill: Drill, section: 'method' | 'assertions', at: number): string {
  const items = drill.document[section];
  const item = Array.isArray(items) ? (items as readonly Json[])[at] : undefined;
  const given = isJsonObject(item) ? item['with'] : undefined;
  if (!isJsonObject(given)) return '';
  return Object.entries(given)
    .map(([name, value]) => `${name} ${writtenValue(value, drill)}`)
    .join(', ');
}

function writtenValue(value: Json, drill: Drill): string {
  const name = typeof value === 'string' && value.startsWith('$') ? value.slice(1) : undefined;
  const param = name === undefined ? undefined : drill.params[name];
  return param === undefined ? valueWord(value) : `${valueWord(param.value)} ($${name}, from ${param.from})`;
}

/** `3 partitions, on brokers 1 2 3, 2 3 1, 3 1 2; retention.ms 1000`. */
export function topicWords({ partitions, replicationFactor, replicas, config }: TopicSpec): string {
  const factor = replicationFactor === undefined ? '' : `, ${replicationFactor} replicas`;
  const where = replicas === undefined ? factor : `, on brokers ${replicas.map((own) => own.join(' ')).join(', ')}`;
  const settings = Object.entries(config).map(([name, value]) => `; ${name} ${value}`);
  return `${partitions} ${partitions === 1 ? 'partition' : 'partitions'}${where}${settings.join('')}`;
}

export function selectorWords(selector: Selector): string {
  if (typeof selector === 'string') return selector;
  if (Array.isArray(selector)) return (selector as readonly Selector[]).map(selectorWords).join(' and ');
  if ('in' in selector) return `${selectorWords(selector.is)} of ${selector.in}`;
  if ('oneOf' in selector) return `one of ${selectorWords(selector.oneOf)}`;
  if ('minorityOf' in selector) return `a minority of ${selectorWords(selector.minorityOf)}`;
  if ('majorityOf' in selector) return `a majority of ${selectorWords(selector.majorityOf)}`;
  if ('zone' in selector) return `zone ${selector.zone}`;
  if ('workload' in selector) return `the client of ${selector.workload}`;
  return 'word' in selector ? `${selector.word} ${selector.arg}` : JSON.stringify(selector);
}

export function holdWords(hold: Hold): string {
  switch (hold.type) {
    case 'duration':
      return setMs(hold.ms);
    case 'untilRecovered':
      return `until recovered, at most ${setMs(hold.atMostMs)}`;
    case 'untilProbe':
      return `until ${probeWords(hold.probe, hold.tolerance)}, at most ${setMs(hold.atMostMs)}`;
    case 'untilEnd':
      return 'until the end of the method';
  }
}

export function probeWords(probe: ProbeRef, tolerance: Tolerance): string {
  return `${probe.kind}: ${describeTolerance(tolerance)}`;
}

/** What an assertion is about, without its limits: `of writes, since kill`. */
export function scopeWords({ of, since, during, probe, tolerance, forMs, withinMs }: AssertionSpec): string {
  return [
    ...(of.length === 0 ? [] : [`of ${of.join(' and ')}`]),
    ...(probe === undefined ? [] : [tolerance === undefined ? probe.kind : probeWords(probe, tolerance)]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(during === undefined ? [] : [`during ${during}`]),
    ...(forMs === undefined ? [] : [`for ${setMs(forMs)}`]),
    ...(withinMs === undefined ? [] : [`within ${setMs(withinMs)}`]),
  ].join(', ');
}
