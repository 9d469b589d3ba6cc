// Sense: what is well-formed, and yet cannot prove what its author wants. Only what is surely wrong is an error.
import type { AssertionSpec, Drill, Hold, StepSpec } from '../core/drill.ts';
import { formatMs, parseDurationMs, parseRatePerSecond } from '../core/units.ts';
import type { Problems } from './problems.ts';
import { child, type Dict, itemsAt, keyPosition, textAt } from './tree.ts';

/** Fewer operations than this before the fault say nothing of how long one usually takes. */
const fewestOperations = 20;

/** `body` is the drill's document with its parameters in place. */
export function checkSense(drill: Drill, body: Dict, problems: Problems): void {
  checkTiming(drill, body, problems);
  checkWarmUp(drill, body, problems);
  checkSteps(drill, problems);
  checkAssertions(drill, body, problems);
  checkProof(drill, body, problems);
}

function checkTiming({ timing, file }: Drill, body: Dict, problems: Problems): void {
  if (timing.heldForMs < timing.recoveryWithinMs) return;
  const at = child(body, 'timing')?.at ?? { file, line: 1, col: 1 };
  const [held, within] = [formatMs(timing.heldForMs), formatMs(timing.recoveryWithinMs)];
  problems.error(at, `the steady state cannot hold for ${held} (heldFor) within ${within} (recoveryWithin)`);
}

function checkWarmUp(drill: Drill, body: Dict, problems: Problems): void {
  for (const item of itemsAt(body, 'workloads')) {
    const rate = parseRatePerSecond(textAt(child(item, 'with'), 'rate') ?? '');
    if (rate === undefined || (rate * drill.timing.warmUpMs) / 1000 >= fewestOperations) continue;
    const count = Math.floor((rate * drill.timing.warmUpMs) / 1000);
    const enough = formatMs((fewestOperations * 1000) / rate);
    problems.warn(
      item.at,
      `only ${count} operations fit into the warm-up: too few to know what is usual`,
      `warm up for ${enough}`,
    );
  }
}

function checkSteps(drill: Drill, problems: Problems): void {
  const faults = drill.method.filter((step) => step.verb === 'fault');
  for (const step of faults) {
    const untilRecovered = step.hold.type === 'untilRecovered';
    if (untilRecovered && drill.workloads.length === 0) {
      problems.warn(
        step.position,
        'held until recovered, and there is no workload that could see an outage',
        'give it a duration',
      );
    }
    if (untilRecovered && step.hold.atMostMs <= drill.timing.heldForMs) {
      problems.warn(
        step.position,
        `recovered means ok for ${formatMs(drill.timing.heldForMs)} (heldFor): it is held for less`,
      );
    }
  }
  for (const step of drill.method) {
    const undone = step.verb === 'revert' ? faults.find((fault) => fault.name === step.step) : undefined;
    if (undone === undefined || undone.overlap || undone.hold.type === 'untilEnd') continue;
    problems.warn(
      step.position,
      `"${undone.name}" has been reverted by then: its hold is over`,
      'hold it untilEnd, or let it overlap',
    );
  }
  const last = drill.method.at(-1);
  if (last?.verb === 'fault' && last.overlap)
    problems.warn(last.position, 'overlap on the last step: nothing begins while it is in');
}

function checkAssertions(drill: Drill, body: Dict, problems: Problems): void {
  for (const [i, assertion] of drill.assertions.entries()) {
    const during = stepCalled(drill, assertion.during);
    if (during?.verb === 'action' || during?.verb === 'revert') {
      problems.warn(
        assertion.position,
        `during "${during.name}": ${during.verb === 'action' ? 'an action' : 'a revert'} is over in no time`,
      );
    }
    const limitMs = parseDurationMs(textAt(child(itemsAt(body, 'assertions')[i], 'with'), 'atMost') ?? '');
    if (assertion.kind === 'rto' && limitMs !== undefined) checkObjective(drill, { assertion, limitMs, problems });
  }
}

/** Being rescued by our own revert is no recovery: an objective beyond the hold can only be missed. */
function checkObjective(
  drill: Drill,
  { assertion, limitMs, problems }: { assertion: AssertionSpec; limitMs: number; problems: Problems },
): void {
  const since = stepCalled(drill, assertion.since);
  const heldMs = since?.verb === 'fault' ? longestHold(since.hold) : undefined;
  if (heldMs === undefined || limitMs <= heldMs) return;
  const what = `"${since?.name}" is reverted after ${formatMs(heldMs)} at most, and the objective is ${formatMs(limitMs)}`;
  problems.warn(assertion.position, `${what}: what recovers after the revert was rescued`, 'hold it for longer');
}

function longestHold(hold: Hold): number | undefined {
  if (hold.type === 'untilEnd') return undefined;
  return hold.type === 'duration' ? hold.ms : hold.atMostMs;
}

function stepCalled(drill: Drill, name: string | undefined): StepSpec | undefined {
  return drill.method.find((step) => step.name === name);
}

/** What cannot fail proves nothing. */
function checkProof(drill: Drill, body: Dict, problems: Problems): void {
  if (drill.method.length === 0)
    problems.warn(keyPosition(body, 'method'), 'the method is empty: nothing happens to the cluster');
  if (drill.assertions.length === 0) {
    problems.warn(keyPosition(body, 'title'), 'nothing is asserted: the drill can prove nothing');
  } else if (drill.selfTest.length === 0) {
    problems.warn(keyPosition(body, 'title'), 'unproven: there is no selfTest that shows that its assertions can fail');
  } else {
    const proved = new Set(drill.selfTest.flatMap((test) => test.fails));
    for (const { name, unproven, position } of drill.assertions) {
      if (proved.has(name) || unproven !== undefined) continue;
      problems.warn(position, `no selfTest makes "${name}" fail`, 'add one, or say why there is none: unproven: …');
    }
  }
}
