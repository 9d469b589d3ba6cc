// Is the cluster as it was? Nodes up, settings as before, links bare, the hypothesis holds. Roles may have moved.
import type { Cluster, ClusterView } from '../core/cluster.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { observe, readSettings } from './observe.ts';
import { calmContext, type Session } from './session.ts';

export interface Before {
  readonly view: ClusterView;
  readonly settings: JsonObject;
}

export interface Restoration {
  readonly clean: boolean;
  readonly differences: readonly string[];
  readonly moved: readonly string[];
}

/** `steady` says whether the hypothesis held again; the rest is asked now. Never throws: what cannot be asked is a difference. */
export async function verifyRestored(
  before: Before,
  steady: string | undefined,
  session: Session,
): Promise<Restoration> {
  const cx = calmContext(session, AbortSignal.timeout(15_000));
  const differences: string[] = steady === undefined ? [] : [`the steady state is not back: ${steady}`];
  const ask = async (what: string, question: () => Promise<readonly string[]>): Promise<void> => {
    const found = await question().catch((error: Error) => [`${what} could not be checked: ${error.message}`]);
    differences.push(...found);
  };
  const moved: string[] = [];
  await ask('the nodes', () => nodesNotRunning(session.cluster));
  await ask('the links', () => linksNotBare(session.cluster));
  await ask('the settings', async () => {
    const settings = await readSettings(session.plan.services, cx);
    session.journal.write({ type: 'settings', moment: 'after', settings });
    return compare(before.settings, settings, []);
  });
  await ask('the roles', async () => {
    const view = await observe(session.plan.services, cx);
    session.journal.write({ type: 'view', moment: 'restored', view });
    moved.push(...movedRoles(before.view, view));
    return [];
  });
  return { clean: differences.length === 0, differences, moved };
}

export async function nodesNotRunning(cluster: Cluster): Promise<readonly string[]> {
  const states = cluster.spec.nodes.map(async ({ name }) => {
    const status = await cluster.can('lifecycle', name)?.status(name);
    return status === undefined || status.state === 'running' ? [] : [`${name} is ${status.state}`];
  });
  return (await Promise.all(states)).flat();
}

export async function linksNotBare(cluster: Cluster): Promise<readonly string[]> {
  const states = (await cluster.can('links')?.state()) ?? [];
  return states
    .filter((link) => !link.enabled || link.toxics.length > 0)
    .map((link) => `link ${link.name} is ${link.enabled ? `under ${link.toxics.join(', ')}` : 'off'}`);
}

/** Paths whose values differ, in words. Pure; exported for its test. */
export function compare(before: Json, after: Json, path: readonly string[]): readonly string[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => compare(before[name] ?? null, after[name] ?? null, [...path, name]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isJsonObject(before) && after === null) return [`${path.join('.')} could not be read`];
  if (before === null && isJsonObject(after)) return [`${path.join('.')} could not be read before`];
  return [`${path.join('.')} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`];
}

/** Only what changed: `redis-1 was redis-primary and is redis-replica`. Pure; exported for its test. */
export function movedRoles(before: ClusterView, after: ClusterView): readonly string[] {
  return after.nodes.flatMap((node) => {
    const was = before.nodes.find((other) => other.name === node.name)?.roles ?? [];
    const lost = was.filter((role) => !node.roles.includes(role));
    const gained = node.roles.filter((role) => !was.includes(role));
    if (lost.length + gained.length === 0) return [];
    return [`${node.name} was ${lost.join(', ') || 'nothing'} and is ${gained.join(', ') || 'nothing'}`];
  });
}
