// A target file → what it says of somebody's own cluster, or one error with all of its mistakes.
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { Access } from '../core/access.ts';
import type { Control } from '../core/control.ts';
import { DrillError } from '../core/error.ts';
import type { Registry, ServiceTarget } from '../core/kinds.ts';
import type { Address } from '../core/node.ts';
import { parseYaml } from '../drill/document.ts';
import { collectProblems, type Problems, throwIfInvalid } from '../drill/problems.ts';
import { readAs } from '../drill/read.ts';
import { suggest } from '../drill/suggest.ts';
import { child, type Dict, type Tree, textAt } from '../drill/tree.ts';
import { type ControlProgram, programsIn } from './programs.ts';
import { type accessShape, attachable, serviceShape, targetShape } from './shape.ts';

export const TARGET_SUFFIX = '.target.yaml';

export interface Target {
  /** `staging`, from `staging.target.yaml`. */
  readonly name: string;
  readonly file: string;
  readonly environment: string;
  readonly services: readonly TargetService[];
  /** Announced address (`host:port`) → failure domain. */
  readonly zones: Readonly<Record<string, string>>;
  /** Name → value as text, as `--param` takes it. */
  readonly params: Readonly<Record<string, string>>;
  /** Each place in the file that names a program to control nodes with. */
  readonly programs: readonly ControlProgram[];
  /** Of every topic and group that is made there. */
  readonly prefix: string;
}

export interface TargetService extends ServiceTarget {
  readonly kind: string;
  readonly control: Control;
}

/** Reads and checks a target file; asks nobody. Throws DRILL_INVALID with every mistake, each at its place. */
export async function loadTarget(file: string, registry: Registry): Promise<Target> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrillError('USAGE', `the target cannot be read: ${why}`, { at: file, cause });
  });
  return parseTarget(text, file, registry);
}

/** The same for a text. Paths in it are relative to `file`. */
export function parseTarget(text: string, file: string, registry: Registry): Target {
  const problems = collectProblems();
  const tree = parseYaml(text, file, problems);
  throwIfInvalid(problems);
  if (tree?.type !== 'map') throw new DrillError('INTERNAL', 'a document without mistakes must be a map', { at: file });
  const shape = readAs(targetShape, tree, problems);
  const services = servicesIn(tree, { registry, problems, folder: dirname(resolve(file)), ways: shape?.ways ?? {} });
  throwIfInvalid(problems);
  if (shape === undefined) throw new DrillError('INTERNAL', 'a target without mistakes must load', { at: file });
  const { environment, zones, prefix } = shape;
  const params = Object.fromEntries(Object.entries(shape.params).map(([name, value]) => [name, String(value)]));
  const programs = childrenOf(child(tree, 'services')).flatMap(programsIn);
  return { name: basename(file, TARGET_SUFFIX), file, environment, services, zones, params, programs, prefix };
}

function childrenOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.type === 'map' ? [...tree.entries.values()].map(({ value }) => value) : [];
}

interface Reading {
  readonly registry: Registry;
  readonly problems: Problems;
  readonly folder: string;
  readonly ways: Readonly<Record<string, Address>>;
}

function servicesIn(tree: Dict, reading: Reading): readonly TargetService[] {
  const services = child(tree, 'services');
  if (services?.type !== 'map') return [];
  return [...services.entries].flatMap(([name, { value }]) => readService(name, value, reading) ?? []);
}

function readService(name: string, tree: Tree, reading: Reading): TargetService | undefined {
  const { problems, folder, ways } = reading;
  const known = attachable(reading.registry);
  const kind = textAt(tree, 'kind');
  const service = known.get(kind ?? '');
  if (service === undefined) {
    const at = child(tree, 'kind')?.at ?? tree.at;
    const hint = suggest(kind ?? '', known.keys()) ?? `there is ${[...known.keys()].join(', ')}`;
    problems.error(at, kind === undefined ? '"kind" is missing' : `nobody can attach to a "${kind}"`, hint);
    return undefined;
  }
  const { seeds, terms, roles } = service.targetWords;
  const shape = readAs(serviceShape(service, service.targetWords), tree, problems) as ServiceShape | undefined;
  if (shape === undefined) return undefined;
  const given = roles.flatMap((role) => {
    const access = shape.access[role];
    return access === undefined ? [] : [[role, accessFrom(access, folder)] as const];
  });
  return {
    name,
    kind: service.kind,
    seeds: shape[seeds] as readonly Address[],
    access: Object.fromEntries(given),
    terms: Object.fromEntries(Object.keys(terms).map((term) => [term, String(shape[term])])),
    ways,
    control: shape.control ?? { by: 'none' },
  };
}

/** Whose other keys are words of its kind. */
interface ServiceShape {
  readonly [word: string]: unknown;
  readonly access: Readonly<Record<string, z.output<typeof accessShape> | undefined>>;
  readonly control?: Control;
}

/** Paths count from the target file, and have to mean the same to a process that starts elsewhere. */
function accessFrom({ tls, password, ...rest }: z.output<typeof accessShape>, folder: string): Access {
  const path = (name: string): string => resolve(folder, name);
  const files = tls === true ? {} : tls;
  const { ca, cert, key, serverName } = files ?? {};
  return {
    ...(rest.user === undefined ? {} : { user: rest.user }),
    ...(rest.sasl === undefined ? {} : { sasl: rest.sasl }),
    ...(files === undefined
      ? {}
      : {
          tls: {
            ...(ca === undefined ? {} : { ca: path(ca) }),
            ...(cert === undefined ? {} : { cert: path(cert) }),
            ...(key === undefined ? {} : { key: path(key) }),
            ...(serverName === undefined ? {} : { serverName }),
          },
        }),
    ...(password === undefined ? {} : { password: 'file' in password ? { file: path(password.file) } : password }),
  };
}
