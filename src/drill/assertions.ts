// Assertions and self-tests: what is judged, and what proves that the judging works.
import type { AssertionSpec, ProbeRef, SelfTestSpec } from '../core/drill.ts';
import { PHASES } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { Assertion } from '../core/kinds.ts';
import { at, checkReference, kindCalled, kindOf, readWith } from './kinds.ts';
import { nameOf } from './merge.ts';
import { checkNodeNames } from './node-names.ts';
import { checkFields, type ProbeReading } from './probes.ts';
import { readAs } from './read.ts';
import { assertionShape, selfTestShape } from './shape.ts';
import { child, fromJson, itemsAt, keyPosition, type Tree, textAt, toJson } from './tree.ts';

export interface AssertionReading extends ProbeReading {
  readonly workloads: readonly string[];
  readonly steps: readonly string[];
  /** Names of the assertions. */
  readonly asserted: readonly string[];
}

const sharedKeys = ['of', 'since', 'during', 'probe', 'tolerance', 'for', 'within'] as const;

export function readAssertion(item: Tree, reading: AssertionReading): AssertionSpec | undefined {
  const shape = readAs(assertionShape, item, reading.problems);
  const kind = kindOf('assertions', item, { ...reading, verb: 'assert' });
  if (kind !== undefined) checkSharedKeys(kind, item, reading);
  checkReferences(item, reading);
  const probe = readAssertedProbe(item, shape?.probe, reading);
  const read = kind && readWith(kind, item, reading.problems);
  if (shape === undefined || kind === undefined || read === undefined) return undefined;
  return {
    name: shape.name ?? shape.assert,
    kind: kind.kind,
    of: shape.of === undefined ? [] : [shape.of].flat(),
    since: shape.since,
    during: shape.during,
    probe,
    tolerance: shape.tolerance,
    forMs: shape.for,
    withinMs: shape.within,
    params: read.params,
    position: item.at,
    ...(shape.unproven === undefined ? {} : { unproven: shape.unproven }),
  };
}

function checkSharedKeys(kind: Assertion<unknown>, item: Tree, { problems }: AssertionReading): void {
  const takes: readonly string[] = [...kind.takes, ...kind.requires];
  for (const key of sharedKeys) {
    const given = child(item, key) !== undefined;
    if (given && !takes.includes(key)) {
      const hint = takes.length === 0 ? undefined : `it takes ${[...new Set(takes)].join(', ')}`;
      problems.error(keyPosition(item, key), `${kind.kind} does not take "${key}"`, hint);
    }
    if (!given && kind.requires.includes(key)) problems.error(item.at, `"${key}" is missing: ${kind.kind} needs it`);
  }
}

function checkReferences(item: Tree, { workloads, steps, problems }: AssertionReading): void {
  const single = textAt(item, 'of');
  const of = single === undefined ? itemsAt(item, 'of') : [child(item, 'of')];
  for (const workload of of) {
    if (workload?.type !== 'scalar' || typeof workload.value !== 'string') continue;
    checkReference(workload.value, { known: workloads, what: 'workload', at: workload.at, problems });
  }
  for (const key of ['since', 'during']) {
    const name = textAt(item, key);
    const known = [...steps, ...PHASES];
    if (name !== undefined) checkReference(name, { known, what: 'step or phase', at: at(item, key), problems });
  }
}

/** A name is that of a probe of the hypothesis, parameters included, or else a kind; a map says kind and parameters. */
function readAssertedProbe(
  item: Tree,
  shape: ReturnType<typeof assertionShape.parse>['probe'],
  reading: AssertionReading,
): ProbeRef | undefined {
  const node = child(item, 'probe');
  const name = textAt(item, 'probe') ?? textAt(node, 'kind');
  if (node === undefined || name === undefined) return undefined;
  const named = node.type === 'scalar' ? reading.named.get(name) : undefined;
  const kind = kindCalled('probes', named?.kind ?? name, {
    ...reading,
    at: node.type === 'scalar' ? node.at : at(node, 'kind'),
  });
  if (kind === undefined) return undefined;
  checkFields(child(item, 'tolerance'), kind, reading.problems);
  checkNodeNames(item, kind, reading);
  if (node.type === 'map') checkNodeNames(node, kind, reading);
  if (named !== undefined) return named;
  const read = readWith(kind, node.type === 'map' ? node : fromJson({}, node.at), reading.problems);
  if (read === undefined || shape === undefined) return undefined;
  const sampling = typeof shape === 'string' ? { every: 100, timeout: 400 } : shape;
  return reading.samplers.ref(kind.kind, read.params, sampling);
}

export function readSelfTest(item: Tree, reading: AssertionReading): SelfTestSpec | undefined {
  const shape = readAs(selfTestShape, item, reading.problems);
  const override = child(item, 'override');
  if (override?.type === 'map') {
    if (override.entries.size === 0) reading.problems.error(override.at, 'an empty override breaks nothing');
    for (const key of ['use', 'selfTest', '$schema'].filter((key) => override.entries.has(key))) {
      reading.problems.error(keyPosition(override, key), `an override cannot have "${key}"`);
    }
  }
  if (shape === undefined || override === undefined) return undefined;
  checkFails(item, reading);
  return { name: shape.name, override: toJson(override) as JsonObject, fails: [shape.fails].flat(), position: item.at };
}

/** An override may name an assertion of its own, so those count too. */
function checkFails(item: Tree, { asserted, problems }: AssertionReading): void {
  const added = itemsAt(child(item, 'override'), 'assertions');
  const known = [...asserted, ...added.flatMap((assertion) => nameOf(assertion, ['assert']) ?? [])];
  const single = child(item, 'fails');
  for (const name of single?.type === 'list' ? single.items : [single]) {
    if (name?.type !== 'scalar') continue;
    checkReference(String(name.value), { known, what: 'assertion', at: name.at, problems });
  }
}
