// `--target`: a cluster of somebody's own, found and connected to. Nothing is started there and nothing is changed.
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { tlsOptions } from '../clients/tls-options.ts';
import { type Access, readSecret } from '../core/access.ts';
import type { Cluster } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { Runtime, Service } from '../core/kinds.ts';
import type { NodeName } from '../core/node.ts';
import { closest } from '../drill/suggest.ts';
import { lookUp } from '../engine/look-up.ts';
import { attachTo } from '../runtimes/attach/attach.ts';
import { type Discovery, discover, discoverEach, type Unfound } from '../targets/find.ts';
import { loadTarget, TARGET_SUFFIX, type Target } from '../targets/load.ts';
import { type CommandContext, type Project, progress } from './context.ts';
import { checkPrograms } from './control-programs.ts';

export interface OpenTarget {
  readonly target: Target;
  readonly runtime: Runtime;
  readonly discovery: Discovery;
}

/** A target with connections to it, until it is disposed. */
export interface ConnectedTarget extends AsyncDisposable {
  readonly target: Target;
  readonly cluster: Cluster;
  /** By their names in the target. */
  readonly services: ReadonlyMap<string, Service>;
  /** Node → failure domain, of those that have been placed. */
  readonly zones: Readonly<Record<NodeName, string>>;
  /** Services of the target that are not among `services`: nobody was found. */
  readonly unfound: readonly Unfound[];
}

/** How long all services together may take to say who is there. */
const FIND_WITHIN_MS = 20_000;

/** By name or by file; asks nobody. Throws USAGE for one that is not there, with the nearest that is. */
export async function readTarget(name: string, project: Project, cx: CommandContext): Promise<Target> {
  const file = name.endsWith('.yaml') ? resolve(cx.cwd, name) : join(project.targetsDir, `${name}${TARGET_SUFFIX}`);
  const known = await targetNames(project);
  if (!name.endsWith('.yaml') && !known.includes(name)) {
    const guess = closest(name, known);
    throw new DrillError('USAGE', `there is no target "${name}" in ${relative(cx.cwd, project.targetsDir) || '.'}`, {
      hint:
        guess === undefined ? `firedrill init --target ${name} writes one to start from.` : `Did you mean ${guess}?`,
    });
  }
  return loadTarget(relative(cx.cwd, file), project.registry);
}

/** Reads the file, and finds every node of every service. Who does nothing to nodes needs no programs for it. */
export async function openTarget(
  name: string,
  project: Project,
  cx: CommandContext & { readonly controls?: boolean },
): Promise<OpenTarget> {
  const target = await announce(name, project, cx);
  if (cx.controls !== false) checkPrograms(target, process.env);
  const discovery = await discover(target, project.registry, AbortSignal.timeout(FIND_WITHIN_MS));
  return { target, discovery, runtime: runtimeOf(target, discovery) };
}

async function announce(name: string, project: Project, cx: CommandContext): Promise<Target> {
  const target = await readTarget(name, project, cx);
  progress(cx, `Target ${target.name} (${target.environment}): ${target.services.map((one) => one.name).join(', ')}`);
  for (const { access } of target.services) for (const rights of Object.values(access)) checkReadable(rights);
  return target;
}

function runtimeOf(target: Target, discovery: Discovery): Runtime {
  const control = Object.fromEntries(target.services.map((service) => [service.name, service.control]));
  const places = discovery.nodes.map(({ spec, announced, address }) => ({ node: spec.name, announced, address }));
  return attachTo({ found: discovery.cluster, places, control });
}

/** For commands that only look: all services of the target that are found, without any drill. */
export async function connectTarget(name: string, project: Project, cx: CommandContext): Promise<ConnectedTarget> {
  const target = await announce(name, project, cx);
  const discovery = await discoverEach(target, project.registry, AbortSignal.timeout(FIND_WITHIN_MS));
  const { nodes, services: kinds } = discovery.cluster;
  const cluster = await runtimeOf(target, discovery).open(
    { runId: 'look', nodes, links: [], files: {}, clientHosts: [] },
    {
      // Nothing is done to it: there is nothing that another process would have to undo.
      save: async () => {},
      onProgress: (line) => progress(cx, line),
      keep: false,
      logsTo: undefined,
      signal: new AbortController().signal,
    },
  );
  const services = Object.entries(kinds).map(
    ([service, kind]) => [service, lookUp(project.registry.services, kind, 'service', target.file)] as const,
  );
  return {
    target,
    cluster,
    services: new Map(services),
    zones: Object.fromEntries(nodes.flatMap(({ name: node, zone }) => (zone === '' ? [] : [[node, zone] as const]))),
    unfound: discovery.unfound,
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

/** Later a missing password would look like a node that does not answer. Throws USAGE. */
function checkReadable({ password, tls }: Access): void {
  if (password !== undefined) readSecret(password);
  if (tls !== undefined) tlsOptions(tls, 'localhost');
}

async function targetNames({ targetsDir }: Project): Promise<readonly string[]> {
  const files = await readdir(targetsDir).catch(() => []);
  return files.filter((file) => file.endsWith(TARGET_SUFFIX)).map((file) => file.slice(0, -TARGET_SUFFIX.length));
}
