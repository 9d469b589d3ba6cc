// Drills that the config sets aside for a while.
import { DrillError, type Problem } from '../core/error.ts';
import type { Quarantine } from '../core/journal.ts';
import { formatProblems, inOrder } from '../drill/problems.ts';
import { suggest } from '../drill/suggest.ts';
import type { CommandContext, Project } from './context.ts';
import { listDrillFiles } from './drills.ts';

/** What the config says of a drill at this moment; undefined = nothing. */
export function quarantineOf({ config }: Project, drill: string, now: Date): Quarantine | undefined {
  const entry = config.quarantine.find((one) => one.drill === drill);
  if (entry === undefined) return undefined;
  const { owner, reason, expires } = entry;
  return { owner, reason, expires, inForce: now.getTime() < Date.parse(`${expires}T00:00:00Z`) };
}

/** Throws DRILL_INVALID, with their places, for drills that are not there and for those that are named twice. */
export async function checkQuarantine({ config, drillsDir }: Project, cx: CommandContext): Promise<void> {
  if (config.quarantine.length === 0) return;
  const names = (await listDrillFiles(drillsDir, cx.cwd)).map(({ name }) => name);
  const problems = config.quarantine.flatMap(({ drill }, index): Problem[] => {
    const at = config.at(['quarantine', index, 'drill']);
    if (config.quarantine.findIndex((one) => one.drill === drill) < index)
      return [{ ...at, message: `"${drill}" is in quarantine twice` }];
    if (names.includes(drill)) return [];
    const hint = suggest(drill, names) ?? 'firedrill list shows those that there are';
    return [{ ...at, message: `there is no drill "${drill}" to be in quarantine`, hint }];
  });
  if (problems.length === 0) return;
  throw new DrillError('DRILL_INVALID', formatProblems(inOrder(problems)), { problems: inOrder(problems) });
}
