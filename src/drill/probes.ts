// Probes wherever a drill names one: hypothesis, stop conditions, steps, assertions. Equal ones are sampled once.
import type { ProbeRef, ProbeSpec } from '../core/drill.ts';
import { isJsonObject } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { type FieldTolerance, needsSeries, type Tolerance } from '../core/tolerance.ts';
import { kindOf, type Reading, readWith } from './kinds.ts';
import { checkNodeNames } from './node-names.ts';
import type { Problems } from './problems.ts';
import { readAs, readQuietly } from './read.ts';
import { probeShape } from './shape.ts';
import { suggest } from './suggest.ts';
import { OPERATORS, toleranceSchema } from './tolerance-schema.ts';
import { child, keyPosition, type Tree } from './tree.ts';

export interface Sampling {
  readonly every: number;
  readonly timeout: number;
}

/** Gives every reference to a probe the name of its sampler: one for the same kind and parameters. */
export interface Samplers {
  ref(kind: string, params: unknown, sampling: Sampling & { readonly name?: string | undefined }): ProbeRef;
}

export function createSamplers(): Samplers {
  const names = new Map<string, string>();
  const free = (wanted: string, taken: readonly string[], n = 1): string => {
    const name = n === 1 ? wanted : `${wanted}#${n}`;
    return taken.includes(name) ? free(wanted, taken, n + 1) : name;
  };
  return {
    ref(kind, params, { every, timeout, name }) {
      const key = `${kind} ${canonical(params)}`;
      const sampler = names.get(key) ?? free(name ?? kind, [...names.values()]);
      names.set(key, sampler);
      return { name: sampler, kind, params, everyMs: every, timeoutMs: timeout };
    },
  };
}

export interface ProbeReading extends Reading {
  readonly samplers: Samplers;
  /** Probes of the hypothesis by the name that the drill gives them: an assertion may mean one of them. */
  readonly named: Map<string, ProbeRef>;
  /** Of the drill's cluster; undefined while that itself is wrong. */
  readonly nodes: readonly string[] | undefined;
}

/** An entry of the hypothesis. */
export function readProbe(item: Tree, reading: ProbeReading): ProbeSpec | undefined {
  const shape = readAs(probeShape, item, reading.problems);
  const found = readProbeKind(item, { ...reading, verb: 'probe' });
  if (shape === undefined || found === undefined) return undefined;
  const ref = reading.samplers.ref(found.kind.kind, found.params, shape);
  reading.named.set(shape.name ?? shape.probe, ref);
  return { ...ref, tolerance: shape.tolerance, position: item.at };
}

/** The kind under `verb` with its parsed parameters; its tolerance is one that a single reading can meet. */
export function readProbeKind(
  item: Tree,
  reading: ProbeReading & { verb: string },
): { readonly kind: Probe<unknown>; readonly params: unknown } | undefined {
  const kind = kindOf('probes', item, reading);
  if (kind === undefined) return undefined;
  const tolerance = child(item, 'tolerance');
  checkFields(tolerance, kind, reading.problems);
  checkNodeNames(item, kind, reading);
  if (tolerance !== undefined) checkSingle(tolerance, reading.problems);
  const read = readWith(kind, item, reading.problems);
  return read === undefined ? undefined : { kind, params: read.params };
}

/** Says which fields of a tolerance the probe does not have. A probe without declared fields may have any. */
export function checkFields(tolerance: Tree | undefined, { kind, fields }: Probe<unknown>, problems: Problems): void {
  const known = Object.keys(fields);
  if (tolerance === undefined || known.length === 0) return;
  if (tolerance.type !== 'map') {
    problems.error(
      tolerance.at,
      `${kind} has fields, and this asks for a single value`,
      `its fields are ${known.join(', ')}`,
    );
    return;
  }
  if ([...tolerance.entries.keys()].some((key) => OPERATORS.includes(key))) {
    problems.error(tolerance.at, `${kind} has fields: say of which one`, `its fields are ${known.join(', ')}`);
    return;
  }
  for (const field of tolerance.entries.keys()) {
    if (known.includes(field)) continue;
    problems.error(
      keyPosition(tolerance, field),
      `${kind} has no field "${field}"`,
      suggest(field, known) ?? `its fields are ${known.join(', ')}`,
    );
  }
}

/** Only an assertion looks at more than one reading: everything else is decided on the one that has just come. */
function checkSingle(node: Tree, problems: Problems): void {
  const tolerance = readQuietly(toleranceSchema(), node);
  if (tolerance === undefined || (!usesBefore(tolerance) && !needsSeries(tolerance))) return;
  problems.error(
    node.at,
    'this is judged on a single reading: it has no slope, and nothing before it',
    'say it in an assertion',
  );
}

function usesBefore(tolerance: Tolerance): boolean {
  if (!isJsonObject(tolerance)) return false;
  if ('fields' in tolerance) return Object.values((tolerance as FieldTolerance).fields).some(usesBefore);
  const { op, value } = tolerance as { readonly op: string; readonly value?: unknown };
  return (op === 'atMost' || op === 'atLeast') && typeof value === 'object';
}

/** Text that is the same for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof RegExp) return String(value);
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'undefined';
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
