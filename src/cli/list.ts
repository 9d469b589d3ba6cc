import type { Drill } from '../core/drill.ts';
import { DrillError } from '../core/error.ts';
import { loadDrill } from '../drill/load.ts';
import { layOut } from '../reporters/console/columns.ts';
import { wrap } from '../reporters/text.ts';
import { type CommandContext, openProject, type Project, print, printJson, progress } from './context.ts';
import { type DrillFile, listDrillFiles } from './drills.ts';
import { widthOf } from './labelled.ts';
import { tagHint } from './tags.ts';

export interface ListOptions {
  readonly config?: string;
  readonly tag: readonly string[];
  readonly json?: boolean;
}

/** The drills, and what they prove. Those that do not load are named on stderr; 2 when there is one. */
export async function list(options: ListOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const files = await listDrillFiles(project.drillsDir, cx.cwd);
  const loaded = await Promise.all(files.map((file) => load(file, project, cx)));
  const drills = loaded.filter((drill) => drill !== undefined);
  const meant = drills.filter(({ tags }) => options.tag.length === 0 || options.tag.some((tag) => tags.includes(tag)));
  if (options.json === true) printJson(cx, meant.map(summary));
  else if (drills.length === 0) print(cx, 'No drills. firedrill init writes one to start from.');
  else if (meant.length === 0)
    print(cx, `No drill is tagged ${options.tag.join(' or ')}. ${tagHint(options.tag, drills)}`);
  else print(cx, ...render(meant, widthOf(cx)));
  return drills.length === loaded.length ? 0 : 2;
}

async function load({ name, file }: DrillFile, project: Project, cx: CommandContext): Promise<Drill | undefined> {
  try {
    return (await loadDrill(file, { registry: project.registry })).drill;
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    progress(cx, `${file} does not load: firedrill validate ${name}`);
    return undefined;
  }
}

function summary({ name, file, title, owner, cadence, tags, cluster, proves, selfTest }: Drill) {
  return { name, file, title, owner, cadence, tags, services: cluster.services, proves, proven: selfTest.length > 0 };
}

/** A row each, with the title and what it proves below. */
function render(drills: readonly Drill[], width: number): readonly string[] {
  const rows = drills.map(({ name, tags, cluster, selfTest }) => {
    const services = Object.entries(cluster.services).map(([as, kind]) => (as === kind ? kind : `${as} (${kind})`));
    return [name, tags.join(' '), [...services, ...(selfTest.length === 0 ? ['unproven'] : [])].join(', ')];
  });
  const [head = [], ...lines] = layOut([['drill', 'tags', 'services'], ...rows], width);
  return [...head, ...drills.flatMap((drill, at) => ['', ...(lines[at] ?? []), ...details(drill, width)])];
}

function details({ title, proves }: Drill, width: number): readonly string[] {
  const proofs = Map.groupBy(proves, ({ runbook }) => runbook);
  return [
    title,
    ...[...proofs].map(([runbook, steps]) => `proves runbook ${runbook}: ${steps.map(({ step }) => step).join('; ')}`),
  ].flatMap((text) => wrap(text, width - 2).map((line) => `  ${line}`));
}
