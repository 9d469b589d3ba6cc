import type { Cluster } from '../../core/cluster.ts';
import { describeError } from '../../core/error.ts';
import type { Runtime } from '../../core/kinds.ts';
import { PROBE } from '../../core/node.ts';
import { loadDrill } from '../../drill/load.ts';
import { makePlan } from '../../engine/plan.ts';
import { ailments, quietContext, servicesOfRecord } from '../../engine/warm/services.ts';
import { listClusters, type WarmReady, type WarmRecord, type WarmStore } from '../../engine/warm/store.ts';
import { clusterNameOf, placesFor } from '../../engine/warm/topology.ts';
import { type CommandContext, openProject, type Project, print, printJson, progress } from '../context.ts';
import { listDrillFiles } from '../drills.ts';
import { labelled, widthOf } from '../labelled.ts';
import { holderWords } from './words.ts';

/** A warm cluster as it is now. */
interface Seen {
  readonly name: string;
  readonly runtime: string | undefined;
  /** `being made` and `in use` by a living process; `half made` by one that died. */
  readonly state: 'up' | 'in use' | 'being made' | 'half made';
  /** Wall clock, ISO 8601. */
  readonly since: string | undefined;
  readonly by: string | undefined;
  /** Nobody looks while it is in use: a run may be hurting it. */
  readonly healthy: boolean | undefined;
  readonly ailments: readonly string[];
  readonly drills: readonly string[];
  /** Node → its ways in for probes, and what it is now. */
  readonly nodes: Readonly<Record<string, string>>;
}

export async function status(
  options: { readonly config?: string; readonly json?: boolean },
  cx: CommandContext,
): Promise<number> {
  const project = await openProject(options.config, cx);
  const seen: Seen[] = [];
  for (const store of await listClusters()) seen.push(await look(store, project, cx));
  if (options.json === true) printJson(cx, seen);
  else if (seen.length === 0) print(cx, 'No warm cluster is up. To make one: firedrill cluster up');
  else for (const one of seen) print(cx, ...render(one, widthOf(cx)), '');
  return 0;
}

const LOOK_WITHIN_MS = 15_000;

async function look(store: WarmStore, project: Project, cx: CommandContext): Promise<Seen> {
  const [record, ready, handle, holder] = await Promise.all([
    store.record(),
    store.ready(),
    store.handle(),
    store.holder(),
  ]);
  const runtime = project.registry.runtimes.get(record?.runtime ?? '');
  const found = {
    name: store.name,
    runtime: record?.runtime,
    state: stateOf(ready !== undefined, holder !== undefined),
    since: ready?.since,
    by: holder && holderWords(holder),
  };
  if (ready === undefined || handle === undefined || record === undefined || runtime === undefined)
    return { ...found, healthy: undefined, ailments: [], drills: [], nodes: {} };
  const signal = AbortSignal.timeout(LOOK_WITHIN_MS);
  const cluster = await runtime.adopt(handle, { onProgress: (line) => progress(cx, line), signal });
  const ills = holder === undefined ? await ailmentsOf({ record, ready, cluster, project, signal }) : undefined;
  return {
    ...found,
    healthy: ills && ills.length === 0,
    ailments: ills ?? [],
    drills: await drillsFor(store.name, { runtime, cluster, project, cx }),
    nodes: await nodesOf(cluster),
  };
}

function stateOf(isReady: boolean, isHeld: boolean): Seen['state'] {
  if (isReady) return isHeld ? 'in use' : 'up';
  return isHeld ? 'being made' : 'half made';
}

interface Looking {
  readonly record: WarmRecord;
  readonly ready: WarmReady;
  readonly cluster: Cluster;
  readonly project: Project;
  readonly signal: AbortSignal;
}

async function ailmentsOf({ record, ready, cluster, project, signal }: Looking): Promise<readonly string[]> {
  try {
    const services = servicesOfRecord(record, project.registry);
    return await ailments(services, ready.settings, quietContext(cluster, signal));
  } catch (error) {
    return [describeError(error)];
  }
}

interface Fitting {
  readonly runtime: Runtime;
  readonly cluster: Cluster;
  readonly project: Project;
  readonly cx: CommandContext;
}

/** Drills of this project that would run on it. One that is not valid, or cannot be planned, would not. */
async function drillsFor(name: string, { runtime, cluster, project, cx }: Fitting): Promise<readonly string[]> {
  const files = await listDrillFiles(project.drillsDir, cx.cwd);
  const fits = files.map(async ({ file }) => {
    const { drill } = await loadDrill(file, { registry: project.registry });
    const plan = makePlan(drill, project.registry, runtime);
    const hasRoom = placesFor(plan.spec, cluster.spec.clientHosts) !== undefined;
    return hasRoom && clusterNameOf(plan) === name ? [drill.name] : [];
  });
  return (await Promise.allSettled(fits)).flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

async function nodesOf(cluster: Cluster): Promise<Readonly<Record<string, string>>> {
  const ways = Map.groupBy(cluster.addresses(PROBE).rows, ({ node }) => node);
  const nodes = cluster.spec.nodes.map(async ({ name }) => {
    const addresses = (ways.get(name) ?? []).map(({ address }) => `${address.host}:${address.port}`);
    const now = await cluster
      .can('lifecycle', name)
      ?.status(name)
      .catch(() => undefined);
    const process = now?.identity?.type === 'process' ? `, pid ${now.identity.pid}` : '';
    return [name, `${addresses.join(' ')}  ${now?.state ?? 'unknown'}${process}`] as const;
  });
  return Object.fromEntries(await Promise.all(nodes));
}

function render({ name, runtime, state, since, by, healthy, ailments: ills, drills, nodes }: Seen, width: number) {
  const longest = Math.max(0, ...Object.keys(nodes).map((node) => node.length));
  const health = healthy === undefined ? [] : [healthy ? 'healthy' : `NOT healthy: ${ills.join('; ')}`];
  const is = [`${state}${by === undefined ? '' : ` by ${by}`}`, ...health].join(', ');
  return [
    `${name} on ${runtime ?? 'an unknown runtime'}`,
    ...labelled('is', [is], width),
    ...labelled('since', since === undefined ? [] : [since], width),
    ...labelled('for', drills.length === 0 ? [] : [drills.join(', ')], width),
    ...labelled(
      'nodes',
      Object.entries(nodes).map(([node, where]) => `${node.padEnd(longest)}  ${where}`),
      width,
    ),
  ];
}
