import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DrillError } from '../core/error.ts';
import { cacheDirectory, publish, readCached, writeManifest } from './cache.ts';
import { acquireLock } from './lock.ts';
import { makeBeside } from './make-beside.ts';
import { detectPlatform } from './platform.ts';
import { isFound, type Made, type NotFound, type Program, type ToolContext, type ToolRecipe } from './recipe.ts';
import { type ToolName, toolNames, tools } from './tools.ts';

/** EPERM and ENOTSUP: a file system without links. */
const unusablePlace = new Set(['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EPERM', 'ENOTSUP']);

export interface ProvisionOptions<Name extends ToolName = ToolName> {
  /** Which ones are needed; all, if not said. */
  readonly tools?: readonly Name[];
  /** PATH, the cache's place and proxies are read from it; this process's, if not said. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** A line for people whenever something takes a while. Silent when all is there. */
  readonly onProgress?: (line: string) => void;
}

export interface Tool extends Program {
  readonly name: string;
  readonly source: 'path' | 'cache';
}

export interface Toolchain<Name extends ToolName = ToolName> {
  readonly tools: Readonly<Record<Name, Tool>>;
  readonly cacheDir: string;
}

/**
 * Finds each program on PATH or in the cache, and makes in the cache what is in neither, without changing the system.
 * What is in the cache is compared with its checksums first, and made again if it differs. Safe to be called by
 * several processes at once; needs no network when all is there.
 * Throws one DrillError (TOOL_MISSING) that names what cannot be had, what was tried, and what installs it.
 */
export async function provision<Name extends ToolName = ToolName>(
  options: ProvisionOptions<Name> = {},
): Promise<Toolchain<Name>> {
  const cx = createToolContext(options);
  const cacheDir = cacheDirectory(cx.env);
  const names = options.tools ?? (toolNames as readonly Name[]);
  const under = new Map<ToolRecipe, Promise<Tool>>();
  const obtain: Obtain = (recipe) => {
    const tool = under.get(recipe) ?? provisionTool(cx, recipe, { cacheDir, obtain });
    under.set(recipe, tool);
    return tool;
  };
  const settled = await Promise.allSettled(names.map((name) => obtain(tools[name])));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  if (failures.length > 0) throw combine([...new Set(failures)]);
  const had = settled.flatMap((each) => (each.status === 'fulfilled' ? [[each.value.name, each.value] as const] : []));
  return { tools: Object.fromEntries(had) as Record<Name, Tool>, cacheDir };
}

/** Provisions a recipe once in one call of `provision`, whoever needs it. */
type Obtain = (recipe: ToolRecipe) => Promise<Tool>;

export function createToolContext(options: Pick<ProvisionOptions, 'env' | 'signal' | 'onProgress'>): ToolContext {
  return {
    env: options.env ?? process.env,
    platform: detectPlatform(),
    signal: options.signal,
    needed: {},
    onProgress: options.onProgress ?? (() => {}),
  };
}

/** Finds a program, and what it needs, on PATH or in the cache, and makes nothing. */
export async function findTool(cx: ToolContext, recipe: ToolRecipe, cacheDir: string): Promise<Tool | NotFound> {
  const needed: Record<string, Program> = {};
  for (const need of recipe.needs ?? []) {
    const tool = await findTool(cx, need, cacheDir);
    if (!isFound(tool)) return { why: `it needs ${need.name}: ${tool.why}` };
    needed[need.name] = tool;
  }
  return findItself({ ...cx, needed }, recipe, cacheDir);
}

async function findItself(cx: ToolContext, recipe: ToolRecipe, cacheDir: string): Promise<Tool | NotFound> {
  const { name } = recipe;
  const found = await recipe.find(cx);
  if (isFound(found)) return { ...found, name, source: 'path' };
  const place = join(cacheDir, name, recipe.cacheKey(cx));
  const cached = await readCached(place);
  if (cached.state === 'absent') return { ...found, why: `${found.why}, and none in ${cacheDir}` };
  if (cached.state === 'corrupt') return { why: `${found.why}, and ${cached.why}`, broken: true };
  const program = await recipe.inspect(cx, ...startOf(cx, place, cached.manifest));
  if (isFound(program)) return { ...program, name, source: 'cache' };
  return { why: `${found.why}, and ${program.why}`, broken: true };
}

async function provisionTool(
  context: ToolContext,
  recipe: ToolRecipe,
  { cacheDir, obtain }: { readonly cacheDir: string; readonly obtain: Obtain },
): Promise<Tool> {
  const needs = await Promise.all((recipe.needs ?? []).map(obtain));
  const cx = { ...context, needed: Object.fromEntries(needs.map((tool) => [tool.name, tool])) };
  const before = await findItself(cx, recipe, cacheDir);
  if (isFound(before)) return before;
  try {
    const obstacle = recipe.whyNotMade(cx);
    if (obstacle !== undefined) throw new DrillError('TOOL_MISSING', obstacle);
    return await makeOnce(cx, recipe, join(cacheDir, recipe.name, recipe.cacheKey(cx)));
  } catch (error) {
    if (error instanceof DrillError && error.code === 'INTERRUPTED') throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `${recipe.name} cannot be had\n  found: ${before.why}\n  made: ${why}`;
    throw new DrillError('TOOL_MISSING', message, { hint: hintFor(error, recipe.mend(cx)), cause: error });
  }
}

/** The lock only saves work: two that make the same at once would both end with a whole one. */
async function makeOnce(cx: ToolContext, recipe: ToolRecipe, place: string): Promise<Tool> {
  const { name } = recipe;
  await using _lock = await acquireLock(`${place}.lock`, {
    signal: cx.signal,
    onWait: (pid) => cx.onProgress(`${name}: process ${pid} is making it, waiting`),
  });
  const meanwhile = await findItself(cx, recipe, resolve(place, '../..'));
  if (isFound(meanwhile)) return meanwhile;
  cx.onProgress(`${name}: ${meanwhile.why}`);
  const startedAtNs = process.hrtime.bigint();
  const version = await makeTool(cx, recipe, place);
  const seconds = Number((process.hrtime.bigint() - startedAtNs) / 100_000_000n) / 10;
  cx.onProgress(`${name}: ${version} made in ${seconds} s`);
  const made = await findItself(cx, recipe, resolve(place, '../..'));
  if (!isFound(made)) throw new DrillError('TOOL_BROKEN', made.why);
  return made;
}

/** Everything happens in a directory beside the place, which takes it in one rename when it is whole and runs. */
async function makeTool(cx: ToolContext, recipe: ToolRecipe, place: string): Promise<string> {
  const directory = await makeBeside(place);
  try {
    const made = await recipe.make(cx, directory);
    const trial = await recipe.inspect(cx, ...startOf(cx, directory, made));
    if (!isFound(trial)) throw new DrillError('TOOL_BROKEN', trial.why);
    await writeManifest(directory, { name: recipe.name, version: trial.version, made });
    await publish(directory, place);
    return trial.version;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function startOf(
  cx: ToolContext,
  directory: string,
  made: Pick<Made, 'path' | 'libraries'>,
): [path: string, env: Record<string, string> | undefined] {
  const path = join(directory, made.path);
  if (made.libraries === undefined) return [path, undefined];
  const inherited = cx.env['LD_LIBRARY_PATH'];
  const libraries = join(directory, made.libraries);
  return [path, { LD_LIBRARY_PATH: inherited ? `${libraries}:${inherited}` : libraries }];
}

/** What stood in the way may have been the cache's place, and not the tool. */
function hintFor(error: unknown, mend: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && unusablePlace.has(code)
    ? 'set FIREDRILL_CACHE to a directory with room that you may write to'
    : mend;
}

function combine(failures: readonly unknown[]): unknown {
  const [first] = failures;
  const errors = failures.filter((failure) => failure instanceof DrillError);
  if (failures.length === 1 || errors.length < failures.length) return first;
  const interrupted = errors.find((error) => error.code === 'INTERRUPTED');
  if (interrupted !== undefined) return interrupted;
  return new DrillError('TOOL_MISSING', errors.map((error) => error.message).join('\n'), {
    hint: errors.map((error) => error.hint).join('; '),
    cause: new AggregateError(errors),
  });
}
