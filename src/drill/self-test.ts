// A self-test breaks a drill on purpose: its override is merged into the document, and the result is loaded anew.
import type { Drill, Position, SelfTestSpec } from '../core/drill.ts';
import { DrillError, type Problem } from '../core/error.ts';
import type { Registry } from '../core/kinds.ts';
import { compileDrill, type Origin } from './compile.ts';
import { mergeTrees } from './merge.ts';
import { paramValues } from './params.ts';
import { collectProblems, formatPosition, formatProblem, inOrder, type Problems, throwIfInvalid } from './problems.ts';
import { child, type Dict, fromJson, itemsAt, places, textAt, toJson, withoutEntries } from './tree.ts';

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
  const override = overrideIn(loaded.source, selfTest) ?? fromJson(selfTest.override, selfTest.position);
  const source =
    override.type === 'map' ? mergeTrees(loaded.source, override, { problems, patch: true }) : loaded.source;
  const drill = compileDrill(source, withParams(loaded.drill, source), { registry, problems });
  if (drill === undefined) throwIfInvalid(problems);
  return { drill: drill ?? loaded.drill, warnings: inOrder(problems.warnings), source };
}

/** Where a parameter's value came from, unless the override has changed it. */
function withParams(drill: Drill, source: Dict): Origin {
  const before = drill.params;
  const params = paramValues(source, (name, value) =>
    JSON.stringify(before[name]?.value) === JSON.stringify(toJson(value))
      ? (before[name]?.from ?? 'selfTest')
      : 'selfTest',
  );
  const { name, file, sha256 } = drill;
  return { name, file, sha256, params };
}

/** Says what is wrong with the overrides of a drill that is right without them. */
export function checkOverrides(loaded: LoadedDrill, registry: Registry, problems: Problems): void {
  for (const item of itemsAt(loaded.source, 'selfTest')) {
    const override = child(item, 'override');
    if (override?.type !== 'map') continue;
    const own = collectProblems();
    const base = withoutEntries(loaded.source, ['selfTest']);
    const source = mergeTrees(base, override, { problems: own, patch: true });
    if (JSON.stringify(toJson(source)) === JSON.stringify(toJson(base))) {
      own.error(override.at, 'this override changes nothing: the drill would pass as before');
    } else {
      compileDrill(source, withParams(loaded.drill, source), { registry, problems: own });
    }
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
