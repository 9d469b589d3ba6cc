// The method: each step is exactly one of fault, action, waitFor, revert and pause.
import type { z } from 'zod';
import type { ActionStep, FaultStep, Hold, Position, Selector, StepSpec, Timing } from '../core/drill.ts';
import { selectorSchema } from '../core/selector.ts';
import { at, checkReference, kindOf, readWith } from './kinds.ts';
import { nameOf } from './merge.ts';
import { type ProbeReading, readProbeKind } from './probes.ts';
import { readAs, readQuietly } from './read.ts';
import { STEP_VERBS, type StepVerb, stepShapes } from './shape.ts';
import { closest } from './suggest.ts';
import { checkSelector, type Vocabulary } from './targets.ts';
import { child, type Tree } from './tree.ts';

export interface StepReading extends ProbeReading {
  readonly timing: Timing;
  /** Undefined while the cluster itself is wrong. */
  readonly vocabulary: Vocabulary | undefined;
  /** The raw method, for references between steps. */
  readonly items: readonly Tree[];
}

/** Names of the steps in order: their own, their kinds, and numbers for pauses and reverts without a name. */
export function stepNames(items: readonly Tree[]): string[] {
  const names: string[] = [];
  for (const item of items) names.push(nameOf(item, STEP_VERBS) ?? free(verbsIn(item)[0] ?? 'step', names));
  return names;
}

function free(wanted: string, taken: readonly string[], n = 1): string {
  const name = n === 1 ? wanted : `${wanted}#${n}`;
  return taken.includes(name) ? free(wanted, taken, n + 1) : name;
}

export function readStep(item: Tree, name: string, reading: StepReading): StepSpec | undefined {
  const verbs = verbsIn(item);
  const [verb] = verbs;
  if (verb === undefined || verbs.length > 1) {
    reading.problems.error(
      item.at,
      `a step is exactly one of ${STEP_VERBS.join(', ')}${verb === undefined ? '' : `, and this one is ${verbs.join(' and ')}`}`,
      verb === undefined ? guess(item) : undefined,
    );
    return undefined;
  }
  const named = { name, position: item.at };
  switch (verb) {
    case 'fault':
      return readFault(item, named, reading);
    case 'action':
      return readAction(item, named, reading);
    case 'waitFor':
      return readWaitFor(item, named, reading);
    case 'revert':
      return readRevert(item, named, reading);
    case 'pause': {
      const shape = readAs(stepShapes.pause, item, reading.problems);
      return shape && { verb, ...named, ms: shape.pause };
    }
  }
}

function verbsIn(item: Tree): StepVerb[] {
  return STEP_VERBS.filter((verb) => child(item, verb) !== undefined);
}

function guess(item: Tree): string | undefined {
  const keys = item.type === 'map' ? [...item.entries.keys()] : [];
  const near = keys.map((key) => closest(key, STEP_VERBS)).find((word) => word !== undefined);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

interface Named {
  readonly name: string;
  readonly position: Position;
}

function readFault(item: Tree, named: Named, reading: StepReading): FaultStep | undefined {
  const shape = readAs(stepShapes.fault, item, reading.problems);
  const kind = kindOf('faults', item, { ...reading, verb: 'fault' });
  const hold = readHold(shape?.hold, item, reading);
  checkTargets(item, kind, reading);
  const read = kind && readWith(kind, item, reading.problems);
  if (kind !== undefined && read !== undefined) checkInner(kind.selectors?.(read.params) ?? [], item, reading);
  if (shape === undefined || kind === undefined || read === undefined || hold === undefined) return undefined;
  const { targets, overlap } = shape;
  return { verb: 'fault', ...named, kind: kind.kind, targets, params: read.params, hold, overlap };
}

function readAction(item: Tree, named: Named, reading: StepReading): ActionStep | undefined {
  const shape = readAs(stepShapes.action, item, reading.problems);
  const kind = kindOf('actions', item, { ...reading, verb: 'action' });
  checkTargets(item, kind, reading);
  const read = kind && readWith(kind, item, reading.problems);
  if (shape === undefined || kind === undefined || read === undefined) return undefined;
  return { verb: 'action', ...named, kind: kind.kind, targets: shape.targets, params: read.params };
}

/** As far as it can be checked before there is a cluster, also for a step whose kind is not known. */
function checkTargets(item: Tree, kind: Targeting | undefined, reading: StepReading): void {
  const node = child(item, 'targets');
  if (node === undefined && kind?.needsTargets === true) {
    reading.problems.error(item.at, `${kind.kind} needs targets`, 'say whom, such as targets: redis-primary');
  }
  const targets = node && readQuietly(selectorSchema(), node);
  if (node !== undefined && targets !== undefined) checkInner([targets], node, reading);
}

interface Targeting {
  readonly kind: string;
  readonly needsTargets: boolean;
}

function checkInner(selectors: readonly Selector[], node: Tree, reading: StepReading): void {
  const { vocabulary, problems } = reading;
  if (vocabulary === undefined) return;
  for (const selector of selectors) checkSelector(selector, node, { vocabulary, problems });
}

type HoldShape = z.output<typeof stepShapes.fault>['hold'];

function readHold(shape: HoldShape, item: Tree, reading: StepReading): Hold | undefined {
  const atMostMs = reading.timing.recoveryWithinMs;
  if (shape === undefined) return { type: 'untilRecovered', atMostMs };
  if (shape === 'untilEnd') return { type: 'untilEnd' };
  if (typeof shape === 'number') return { type: 'duration', ms: shape };
  const limit = shape.atMost ?? atMostMs;
  if (shape.until === 'recovered') return { type: 'untilRecovered', atMostMs: limit };
  const node = child(child(item, 'hold'), 'until');
  const found = node && readProbeKind(node, { ...reading, verb: 'probe' });
  if (found === undefined) return undefined;
  const probe = reading.samplers.ref(found.kind.kind, found.params, shape.until);
  return { type: 'untilProbe', probe, tolerance: shape.until.tolerance, atMostMs: limit };
}

function readWaitFor(item: Tree, named: Named, reading: StepReading): StepSpec | undefined {
  const shape = readAs(stepShapes.waitFor, item, reading.problems);
  const found = readProbeKind(item, { ...reading, verb: 'waitFor' });
  if (shape === undefined || found === undefined) return undefined;
  const probe = reading.samplers.ref(found.kind.kind, found.params, shape);
  return { verb: 'waitFor', ...named, probe, tolerance: shape.tolerance, atMostMs: shape.atMost };
}

function readRevert(item: Tree, named: Named, reading: StepReading): StepSpec | undefined {
  const shape = readAs(stepShapes.revert, item, reading.problems);
  if (shape === undefined) return undefined;
  const names = stepNames(reading.items);
  const faults = names.filter((_, i) => isFault(reading.items[i]));
  const earlier = names.slice(0, reading.items.indexOf(item));
  const place = at(item, 'revert');
  const known = checkReference(shape.revert, {
    known: faults,
    what: 'fault step',
    at: place,
    problems: reading.problems,
  });
  if (known && !earlier.includes(shape.revert))
    reading.problems.error(place, `"${shape.revert}" comes later than its revert`);
  return { verb: 'revert', ...named, step: shape.revert };
}

function isFault(item: Tree | undefined): boolean {
  return child(item, 'fault') !== undefined;
}
