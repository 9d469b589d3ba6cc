import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { cacheDirectory, type Manifest, publish, readCached, writeManifest } from './cache.ts';
import { acquireLock } from './lock.ts';
import { detectPlatform } from './platform.ts';
import { isFound, type NotFound, type Program, type ToolContext, type ToolRecipe } from './recipe.ts';
import { type ToolName, toolNames, tools } from './tools.ts';

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
  readonly name: ToolName;
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
  const env = options.env ?? process.env;
  const cacheDir = cacheDirectory(env);
  const cx = createToolContext(options);
  const names = options.tools ?? (toolNames as readonly Name[]);
  const settled = await Promise.allSettled(names.map((name) => provisionTool(cx, name, cacheDir)));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  if (failures.length > 0) throw combine(failures);
  const had = settled.flatMap((each) => (each.status === 'fulfilled' ? [[each.value.name, each.value] as const] : []));
  return { tools: Object.fromEntries(had) as Record<Name, Tool>, cacheDir };
}

export function createToolContext(options: Pick<ProvisionOptions, 'env' | 'signal' | 'onProgress'>): ToolContext {
  return {
    env: options.env ?? process.env,
    platform: detectPlatform(),
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
  };
}

/** Finds a program on PATH or in the cache, and makes nothing. */
export async function findTool(cx: ToolContext, name: ToolName, cacheDir: string): Promise<Tool | NotFound> {
  const recipe: ToolRecipe = tools[name];
  const found = await recipe.find(cx);
  if (isFound(found)) return { ...found, name, source: 'path' };
  const place = join(cacheDir, name, recipe.cacheKey(cx.platform));
  const cached = await readCached(place);
  if (cached.state === 'absent') return { why: `${found.why}, none in ${cacheDir}` };
  if (cached.state === 'corrupt') return { why: `${found.why}; ${cached.why}` };
  const program = await recipe.inspect(cx, ...startOf(place, cached.manifest, cx));
  return isFound(program) ? { ...program, name, source: 'cache' } : { why: `${found.why}; ${program.why}` };
}

async function provisionTool(cx: ToolContext, name: ToolName, cacheDir: string): Promise<Tool> {
  const recipe: ToolRecipe = tools[name];
  const before = await findTool(cx, name, cacheDir);
  if (isFound(before)) return before;
  const key = recipe.cacheKey(cx.platform);
  try {
    await using _lock = await acquireLock(join(cacheDir, name, `${key}.lock`), {
      signal: cx.signal,
      onWait: (pid) => cx.onProgress(`${name}: process ${pid} is making it, waiting`),
    });
    const meanwhile = await findTool(cx, name, cacheDir);
    if (isFound(meanwhile)) return meanwhile;
    cx.onProgress(`${name}: ${meanwhile.why}`);
    return await makeTool(cx, name, join(cacheDir, name, key));
  } catch (error) {
    if (error instanceof DrillError && error.code === 'INTERRUPTED') throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `${name} cannot be had.\n  found: ${before.why}\n  made: ${why}`;
    throw new DrillError('TOOL_MISSING', message, { hint: recipe.mend(cx.platform), cause: error });
  }
}

/** Called under the lock. Everything happens in a directory beside the place, which then takes it in one rename. */
async function makeTool(cx: ToolContext, name: ToolName, place: string): Promise<Tool> {
  const recipe: ToolRecipe = tools[name];
  const startedAt = process.hrtime.bigint();
  await removeLeftovers(place);
  const directory = `${place}.making-${process.pid}`;
  await mkdir(directory);
  try {
    const made = await recipe.make(cx, directory);
    const trial = await recipe.inspect(cx, ...startOf(directory, made, cx));
    if (!isFound(trial)) throw new DrillError('TOOL_BROKEN', trial.why);
    const manifest = await writeManifest(directory, { name, version: trial.version, made });
    await publish(directory, place);
    const [path, env] = startOf(place, manifest, cx);
    const seconds = Number((process.hrtime.bigint() - startedAt) / 100_000_000n) / 10;
    cx.onProgress(`${name}: ${trial.version} is ready after ${seconds} s, ${path}`);
    return { name, path, version: trial.version, source: 'cache', ...(env === undefined ? {} : { env }) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of processes that died while they made it: their lock was taken over, so they are gone. */
async function removeLeftovers(place: string): Promise<void> {
  const parent = join(place, '..');
  const prefix = `${place.slice(parent.length + 1)}.making-`;
  const leftovers = (await readdir(parent)).filter((entry) => entry.startsWith(prefix));
  await Promise.all(leftovers.map((entry) => rm(join(parent, entry), { recursive: true, force: true })));
}

function startOf(
  directory: string,
  made: Pick<Manifest, 'path' | 'libraries'>,
  cx: ToolContext,
): [path: string, env: Record<string, string> | undefined] {
  const path = join(directory, made.path);
  if (made.libraries === undefined) return [path, undefined];
  const inherited = cx.env['LD_LIBRARY_PATH'];
  const libraries = join(directory, made.libraries);
  return [path, { LD_LIBRARY_PATH: inherited ? `${libraries}:${inherited}` : libraries }];
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
