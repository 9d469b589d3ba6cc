// Every probe of the drill, read once, and held against what has to be so now.
import { setTimeout as sleep } from 'node:timers/promises';

import type { Drill, ProbeRef } from '../../core/drill.ts';
import type { DryRunItem } from '../../core/dry-run.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { LiveContext, Right } from '../../core/kinds.ts';
import { evaluate, needsSeries, type Tolerance } from '../../core/tolerance.ts';
import { lookUp } from '../look-up.ts';
import type { Plan } from '../plan.ts';
import { readOnce } from '../samplers.ts';

/** The first reading also opens the connections, and may miss a node for it. In a run there are many, and the gate waits. */
const ATTEMPTS = 5;

export async function readProbes(plan: Plan, cx: LiveContext): Promise<readonly DryRunItem[]> {
  const { samplers, drill } = plan;
  const now: readonly Expectation[] = [
    ...drill.steadyStateHypothesis.probes.map(({ name, tolerance }) => ({
      name,
      tolerance,
      use: 'steadyState' as const,
    })),
    ...drill.stopConditions.map(({ probe, tolerance }) => ({
      name: probe.name,
      tolerance,
      use: 'stopCondition' as const,
    })),
  ];
  const readings = samplers.map(async (ref) => {
    const tolerances = now.filter(({ name }) => name === ref.name).map(({ tolerance }) => tolerance);
    return [ref.name, await read(ref, tolerances, { plan, cx })] as const;
  });
  const byName = new Map(await Promise.all(readings));
  const held = new Set(now.map(({ name }) => name));
  const later = samplers.filter(({ name }) => !held.has(name));
  return [
    ...now.map(({ name, tolerance, use }) => judge(name, use, { tolerance, reading: byName.get(name) })),
    ...later.map((ref) => onlyRead(ref, byName.get(ref.name), plan)),
  ];
}

interface Expectation {
  readonly name: string;
  readonly tolerance: Tolerance;
  readonly use: 'steadyState' | 'stopCondition';
}

type Read = { readonly value: Json } | { readonly error: string };

async function read(
  ref: ProbeRef,
  tolerances: readonly Tolerance[],
  { plan, cx }: { readonly plan: Plan; readonly cx: LiveContext },
): Promise<Read> {
  let last: Read = { error: 'it was not read' };
  try {
    await using probe = await lookUp(plan.registry.probes, ref.kind, 'probe', ref.name).open(ref.params, cx);
    for (let attempt = 1; attempt <= ATTEMPTS && !cx.signal.aborted; attempt += 1) {
      const reading = await readOnce(probe, ref, cx, cx.signal);
      last = reading.ok ? { value: reading.value } : { error: reading.error };
      if (reading.ok && tolerances.every((tolerance) => mayHold(tolerance, reading.value))) break;
      if (attempt < ATTEMPTS) await sleep(ref.everyMs, undefined, { signal: cx.signal }).catch(() => undefined);
    }
  } catch (error) {
    last = { error: error instanceof Error ? error.message : String(error) };
  }
  return last;
}

/** What one reading cannot tell, another one does not tell either. */
function mayHold(tolerance: Tolerance, value: Json): boolean {
  const { holds, known } = evaluate(tolerance, value);
  return holds || !known || needsSeries(tolerance);
}

function judge(
  probe: string,
  use: 'steadyState' | 'stopCondition',
  { tolerance, reading }: { readonly tolerance: Tolerance; readonly reading: Read | undefined },
): DryRunItem {
  const about = { about: 'probe', probe, use } as const;
  if (reading === undefined || 'error' in reading)
    return { ...about, standing: 'cannotProve', because: reading?.error ?? 'it was not read' };
  const { value } = reading;
  if (needsSeries(tolerance))
    return { ...about, value, standing: 'wouldDo', because: 'one reading says nothing of how it changes' };
  const { holds, known, expected, actual } = evaluate(tolerance, value);
  const told = { ...about, value, expected, actual };
  if (holds) return { ...told, standing: 'proved' };
  // A bound such as `2x before` has nothing to be compared with yet.
  return known
    ? { ...told, standing: 'cannotProve', because: `expected ${expected}, is ${actual}` }
    : { ...told, standing: 'wouldDo', because: 'it is compared with the time before the fault' };
}

/** What the drill makes itself is not there yet, and so cannot be read: a run would come to it. */
function onlyRead(ref: ProbeRef, reading: Read | undefined, { drill, registry }: Plan): DryRunItem {
  const about = { about: 'probe', probe: ref.name, use: 'later' } as const;
  if (reading !== undefined && 'value' in reading) return { ...about, value: reading.value, standing: 'proved' };
  const because = reading?.error ?? 'it was not read';
  const { rights, groupNames = [] } = lookUp(registry.probes, ref.kind, 'probe', ref.name);
  const groups = isJsonObject(ref.params) ? groupNames.map((key) => (ref.params as Record<string, Json>)[key]) : [];
  const asked: readonly Right[] = rights?.(ref.params, { name: ref.name }) ?? [];
  const named = [...groups, ...asked.flatMap(({ act }) => act)];
  const ours = madeBy(drill, registry).find((name) => named.includes(name));
  return ours === undefined
    ? { ...about, standing: 'cannotProve', because }
    : { ...about, standing: 'wouldDo', because: `${ours} is there only while the drill runs` };
}

/** Names of topics and groups that there will be. */
function madeBy({ cluster, workloads }: Drill, registry: Plan['registry']): readonly string[] {
  return [
    ...Object.keys(cluster.topics ?? {}),
    ...workloads.flatMap(({ kind, params, name }) => registry.workloads.get(kind)?.groups?.(params, name) ?? []),
  ];
}
