// What a target is held against: a recorded baseline, or the cluster that drills were proved on.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parseBaseline, type ServiceBaseline } from '../../core/baseline.ts';
import { DrillError } from '../../core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Service } from '../../core/kinds.ts';
import { loadDrill } from '../../drill/load.ts';
import { makePlan } from '../../engine/plan.ts';
import { recordService } from '../baseline/record.ts';
import { runtimeNamed } from '../choose-runtime.ts';
import type { CommandContext, Project } from '../context.ts';
import { chooseDrillFiles } from '../drills.ts';
import { plannedServices } from '../predict/planned.ts';
import type { Expectation } from './compare.ts';

export interface Expected {
  /** In words: `baselines/prod.json, recorded 2026-11-30`. */
  readonly words: string;
  /** Undefined = it has no such service. */
  of(name: string, kind: string): Expectation | undefined;
}

const FOLDER = 'baselines';

/** By file or by drill; without either, the baseline that is called as the target is. Throws USAGE where there is none. */
export async function readExpected(
  against: string | undefined,
  target: string,
  { project, cx }: { readonly project: Project; readonly cx: CommandContext },
): Promise<Expected> {
  const usual = join(project.config.root, FOLDER, `${target}.json`);
  if (against === undefined) {
    const text = await readFile(usual, 'utf8').catch(() => undefined);
    if (text !== undefined) return fromBaseline(text, shorten(usual, cx.cwd));
    throw new DrillError('USAGE', `there is no ${shorten(usual, cx.cwd)}: against what?`, {
      hint: `firedrill baseline --target ${target} --write ${shorten(usual, cx.cwd)} records what is so today; --against <drill> holds it against what a drill was proved with.`,
    });
  }
  if (!against.endsWith('.json')) return fromDrill(against, { project, cx });
  const file = resolve(cx.cwd, against);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DrillError('USAGE', `the baseline cannot be read: ${error.code ?? error.message}`, { at: against });
  });
  return fromBaseline(text, against);
}

function fromBaseline(text: string, file: string): Expected {
  const { services, recordedAt, target } = parseBaseline(text, file);
  return {
    words: `${file} (${target}, recorded ${recordedAt})`,
    of: (name, kind) => {
      const service = serviceFor(name, kind, services);
      return service && { service, kind: 'whole' };
    },
  };
}

async function fromDrill(
  name: string,
  { project, cx }: { readonly project: Project; readonly cx: CommandContext },
): Promise<Expected> {
  const { registry } = project;
  const [found] = await chooseDrillFiles([name], project.drillsDir, cx.cwd);
  if (found === undefined) throw new DrillError('INTERNAL', 'a drill that was named is one');
  const { drill } = await loadDrill(found.file, { registry });
  const planned = plannedServices(makePlan(drill, registry, runtimeNamed(project, 'local')));
  const services = planned.flatMap(({ name: own, service, state }) => {
    if (state === undefined) return [];
    const settings = withSystemDefaults(state.settings, service);
    return [[own, recordService(service, { ...state, settings })] as const];
  });
  return {
    words: `what ${drill.name} is proved with (${drill.file})`,
    of: (own, kind) => {
      const service = serviceFor(own, kind, Object.fromEntries(services));
      return service && { service, kind: 'model' };
    },
  };
}

/** What is planned says nothing of the settings that are left to the system. */
function withSystemDefaults(settings: Json, { systemDefaults = {} }: Service): Json {
  if (!isJsonObject(settings)) return settings;
  const scopes = Object.entries(settings).map(([scope, own]): [string, Json] => {
    if (!isJsonObject(own)) return [scope, own];
    const usual: JsonObject = systemDefaults[scope] ?? {};
    return [scope, mapValues(own, (config) => (isJsonObject(config) ? { ...usual, ...config } : config))];
  });
  return Object.fromEntries(scopes);
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** By its name, else the only one of its kind: two clusters need not have been named alike. */
function serviceFor(
  name: string,
  kind: string,
  services: Readonly<Record<string, ServiceBaseline>>,
): ServiceBaseline | undefined {
  const named = services[name];
  if (named?.kind === kind) return named;
  const alike = Object.values(services).filter((service) => service.kind === kind);
  return alike.length === 1 ? alike[0] : undefined;
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
