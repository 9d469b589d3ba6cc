// A self-test breaks a drill on purpose: its override is merged into the document, and the result is loaded anew.
import type { Drill, Position, SelfTestSpec } from '../core/drill.ts';
import { DrillError, type Problem } from '../core/error.ts';
import type { Registry } from '../core/kinds.ts';
import { compileDrill, type Origin } from './compile.ts';
import { mergeTrees } from './merge.ts';
import { paramValues } from './params.ts';
import { collectProblems, formatPosition, formatProblem, inOrder, type Problems, throwIfInvalid } from './problems.ts';
import { child, type Dict, fromJson, itemsAt, places, textAt, toJson, withEntry, withoutEntries } from './tree.ts';

/** A drill together with the document that it was made of. */
export interface LoadedDrill {
  readonly drill: Drill;
  /** What is probably a mistake. */
  readonly warnings: readonly Problem[];
  /** The document with its places: what overrides are merged into. */
  readonly source: Dict;
}

/** The drill as the self-test breaks it. Throws DRILL_INVALID if that does not load. The override need not be one of the drill's own. */
export function applyOverride(
  loaded: LoadedDrill,
  selfTest: SelfTestSpec,
  { registry }: { registry: Registry },
): LoadedDrill {
  const problems = collectProblems();
  const own = overrideIn(loaded.source, selfTest) ?? fromJson(selfTest.override, selfTest.position);
  const override: Dict = own.type === 'map' ? own : { type: 'map', at: selfTest.position, entries: new Map() };
  const { drill, source } = overridden(loaded, override, { registry, problems });
  throwIfInvalid(problems);
  if (drill === undefined)
    throw new DrillError('INTERNAL', 'a drill without mistakes must load', { at: loaded.drill.file });
  return { drill: { ...drill, selfTest: loaded.drill.selfTest }, warnings: inOrder(problems.warnings), source };
}

/** Without the self-tests: they are of the drill as it is, and may refer to what the override removes. */
function overridden(
  { drill, source }: Pick<LoadedDrill, 'drill' | 'source'>,
  override: Dict,
  reading: { registry: Registry; problems: Problems },
): { readonly drill: Drill | undefined; readonly source: Dict } {
  const base = withoutEntries(source, ['selfTest']);
  const merged = mergeTrees(base, withoutSource(override, reading.problems), {
    problems: reading.problems,
    patch: true,
  });
  const isRight = reading.problems.errors.length === 0;
  if (isRight && JSON.stringify(toJson(merged)) === JSON.stringify(toJson(base))) {
    reading.problems.error(override.at, 'this override changes nothing: the drill would pass as before');
  }
  return { drill: compileDrill(merged, originOf(drill, merged), reading), source: merged };
}

function withoutSource(override: Dict, problems: Problems): Dict {
  const entry = override.entries.get('cluster');
  const named = entry?.value.type === 'map' ? entry.value.entries.get('settingsFrom') : undefined;
  if (entry?.value.type !== 'map' || named === undefined) return override;
  problems.error(
    named.keyAt,
    'settingsFrom is read when the drill is loaded, and not by a sabotage',
    'say the settings themselves',
  );
  return withEntry(override, 'cluster', { ...entry, value: withoutEntries(entry.value, ['settingsFrom']) });
}

/** Where a parameter's value came from, unless the override has changed it. */
function originOf(drill: Drill, source: Dict): Origin {
  const before = drill.params;
  const params = paramValues(source, (name, value) =>
    JSON.stringify(before[name]?.value) === JSON.stringify(toJson(value))
      ? (before[name]?.from ?? 'selfTest')
      : 'selfTest',
  );
  const { name, file, sha256, cluster } = drill;
  return { name, file, sha256, params, settingsFrom: cluster.settingsFrom };
}

/** Says what is wrong with the overrides of a drill that is right without them. */
export function checkOverrides(loaded: LoadedDrill, registry: Registry, problems: Problems): void {
  for (const item of itemsAt(loaded.source, 'selfTest')) {
    const override = child(item, 'override');
    if (override?.type !== 'map') continue;
    const own = collectProblems();
    overridden(loaded, override, { registry, problems: own });
    for (const problem of own.errors) report(problem, override, problems);
  }
}

/** A mistake that the override makes elsewhere (what it removes is referred to) is told at the override. */
function report(problem: Problem, override: Dict, problems: Problems): void {
  const same = (at: Position): boolean => formatPosition(at) === formatPosition(problem);
  if (places(override).some(same)) problems.error(problem, problem.message, problem.hint);
  else problems.error(override.at, `with this override: ${formatProblem(problem)}`);
}

/** The override as it stands in the drill, with its places; undefined if it is not one of the drill's own. */
function overrideIn(source: Dict, { name, override }: SelfTestSpec): Dict | undefined {
  const item = itemsAt(source, 'selfTest').find((one) => textAt(one, 'name') === name);
  const own = child(item, 'override');
  return own?.type === 'map' && JSON.stringify(toJson(own)) === JSON.stringify(override) ? own : undefined;
}
