import { DrillError } from '../core/error.ts';
import type { Registry } from '../core/kinds.ts';
import { suggest } from '../drill/suggest.ts';
import { layOut } from '../reporters/console/columns.ts';
import { type CommandContext, openProject, print } from './context.ts';
import { drillKeys, explainKey } from './explain/keys.ts';
import { explainKind, SECTIONS } from './explain/text.ts';
import { widthOf } from './labelled.ts';

const sections = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[];

/** What a kind does, takes and says, with an example, or what a key of drills is for; without one, all kinds. */
export async function explain(
  kind: string | undefined,
  options: { readonly config?: string },
  cx: CommandContext,
): Promise<number> {
  const { registry } = await openProject(options.config, cx);
  const width = widthOf(cx);
  if (kind === undefined) {
    print(
      cx,
      ...allKinds(registry, width),
      'firedrill explain <kind> says more of one, and of a key of drills such as hold.',
    );
    return 0;
  }
  const meant = sections.filter((section) => registry[section].has(kind));
  const key = explainKey(kind, width);
  if (meant.length === 0 && key.length === 0) {
    throw new DrillError('USAGE', `there is no kind "${kind}"`, { hint: hintFor(kind, registry) });
  }
  // A probe and a workload can have one name.
  print(cx, ...meant.flatMap((section) => [...explainKind(section, kind, registry, width), '']), ...key);
  return 0;
}

function allKinds(registry: Registry, width: number): readonly string[] {
  return sections.flatMap((section) => {
    const rows = [...registry[section].values()].map(({ kind, summary }) => [kind, summary]);
    if (rows.length === 0) return [];
    const lines = layOut(rows, width - 2).flat();
    return [`${section}:`, ...lines.map((line) => `  ${line}`), ''];
  });
}

function hintFor(kind: string, registry: Registry): string {
  const service = [...registry.services.values()].find(({ words }) => Object.hasOwn(words, kind));
  if (service !== undefined) return `It is a word for targets: firedrill explain ${service.kind}`;
  const known = [...sections.flatMap((section) => [...registry[section].keys()]), ...drillKeys()];
  return suggest(kind, known) ?? 'firedrill explain lists all kinds.';
}
