import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrillError } from '../../core/error.ts';
import { cacheDirectory } from '../cache.ts';
import { runStep } from '../command.ts';
import { acquireLock } from '../lock.ts';
import { makeBeside } from '../make-beside.ts';
import { createToolContext, type ProvisionOptions } from '../provision.ts';
import type { ToolContext } from '../recipe.ts';
import { describeImages, type ImageContent } from './archive.ts';
import { contents } from './contents.ts';
import { askEngine, dockerStep, findImage } from './engine.ts';
import { type ImageName, imageNames, images } from './images.ts';
import { archOf, mendEngine, whyNotBuilt } from './obstacles.ts';
import { makeLayer, makeRootfs, rootfsRecipe } from './rootfs.ts';

/** Of how images are put together: another number makes them again. */
const revision = 1;

/** On an image: from what it was made. The same recipe is not made twice. */
const recipeLabel = 'dev.firedrill.recipe';

export interface BuildOptions extends Pick<ProvisionOptions, 'env' | 'signal' | 'onProgress'> {
  /** All, if not said. */
  readonly names?: readonly ImageName[];
  /** Makes them even if they are there: with the packages that Debian has today. */
  readonly force?: boolean;
}

export interface BuiltImage {
  readonly name: ImageName;
  readonly reference: string;
  readonly id: string;
  /** False: it was there already. */
  readonly made: boolean;
}

/**
 * Makes the images from package registries alone (Debian, Maven Central, Go's module proxy), and gives them to the
 * engine. What is there already, from the same recipe, is left alone; the same packages give the same ids. Safe to be
 * called by several processes at once.
 * Throws TOOL_MISSING where the engine or a program is missing, with what installs it; TOOL_BROKEN where a step failed.
 */
export async function buildImages(options: BuildOptions = {}): Promise<readonly BuiltImage[]> {
  const cx = createToolContext(options);
  const names = options.names ?? imageNames;
  const engine = await askEngine(cx);
  if ('why' in engine) {
    const hint = mendEngine(cx.platform, engine.why);
    throw new DrillError('TOOL_MISSING', `no Docker engine answers: ${engine.why}`, { hint });
  }
  const there = await findBuilt(cx, names);
  if (options.force !== true && there.length === names.length) return there;
  const parent = join(cacheDirectory(cx.env), 'images');
  await mkdir(parent, { recursive: true });
  await using _lock = await acquireLock(join(parent, 'build.lock'), {
    signal: cx.signal,
    onWait: (pid) => cx.onProgress(`images: process ${pid} is building them, waiting`),
  });
  const meanwhile = options.force === true ? [] : await findBuilt(cx, names);
  const wanted = names.filter((name) => !meanwhile.some((image) => image.name === name));
  const obstacle = wanted.length === 0 ? undefined : whyNotBuilt(cx, wanted, engine);
  if (obstacle !== undefined)
    throw new DrillError('TOOL_MISSING', `images cannot be built: ${obstacle.why}`, { hint: obstacle.mend });
  const made = wanted.length === 0 ? [] : await build(cx, wanted, parent);
  return names.flatMap((name) => [...made, ...meanwhile].find((image) => image.name === name) ?? []);
}

async function findBuilt(cx: ToolContext, names: readonly ImageName[]): Promise<BuiltImage[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const reference = images[name].local;
      const image = await findImage(cx, reference);
      if (image?.labels[recipeLabel] !== recipeOf(cx, name)) return [];
      return [{ name, reference, id: image.id, made: false }];
    }),
  );
  return found.flat();
}

function recipeOf(cx: ToolContext, name: ImageName): string {
  const { onRootfs, key } = contents[name];
  const parts = [revision, name, key, archOf(cx.platform), ...(onRootfs ? [rootfsRecipe(cx)] : [])];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** Everything happens in one directory, which is removed whatever comes. */
async function build(cx: ToolContext, names: readonly ImageName[], parent: string): Promise<BuiltImage[]> {
  const directory = await makeBeside(join(parent, 'archive'));
  try {
    const before = await Promise.all(names.map((name) => findImage(cx, images[name].local)));
    const archive = await makeArchive(cx, names, directory);
    cx.onProgress('images: loading them into the engine');
    await dockerStep(cx, ['load', '--quiet', '--input', archive]);
    const made: BuiltImage[] = [];
    for (const name of names) made.push(await tryOut(cx, name));
    const replaced = before.flatMap((old, at) => (old === undefined || old.id === made[at]?.id ? [] : [old.id]));
    // In use by a container, it stays until that one is gone and somebody prunes.
    await Promise.all(replaced.map((id) => dockerStep(cx, ['rmi', id]).catch(() => undefined)));
    return made;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeArchive(cx: ToolContext, names: readonly ImageName[], directory: string): Promise<string> {
  const rootfs = join(directory, 'rootfs.tar');
  if (names.some((name) => contents[name].onRootfs)) {
    cx.onProgress('images: installing Debian packages into a root of their own (a minute, or three on a busy machine)');
    await makeRootfs(cx, rootfs);
  }
  const described: ImageContent[] = [];
  for (const name of names) {
    const added = await addLayer(cx, name, directory);
    described.push({
      ...contents[name],
      reference: images[name].local,
      layers: [...(contents[name].onRootfs ? [rootfs] : []), ...added],
      labels: { [recipeLabel]: recipeOf(cx, name) },
    });
  }
  const { files } = await describeImages(described, archOf(cx.platform));
  const archive = join(directory, 'images.tar');
  const argv = ['tar', '-cf', archive, '-C', directory, ...files] as const;
  await runStep(argv, { step: 'tar', env: cx.env, signal: cx.signal, timeoutMs: 300_000 });
  return archive;
}

async function addLayer(cx: ToolContext, name: ImageName, directory: string): Promise<string[]> {
  const { add } = contents[name];
  if (add === undefined) return [];
  cx.onProgress(`images: adding ${name}`);
  const content = join(directory, name);
  await mkdir(content);
  await add(cx, content);
  await makeLayer(cx, content, `${content}.tar`);
  return [`${content}.tar`];
}

/** An image that does not run is taken away again: nobody should find it later. */
async function tryOut(cx: ToolContext, name: ImageName): Promise<BuiltImage> {
  const reference = images[name].local;
  const { argv, says } = contents[name].trial;
  try {
    const said = await dockerStep(cx, ['run', '--rm', '--network=none', reference, ...argv], 60_000);
    const image = await findImage(cx, reference);
    if (image === undefined || !said.includes(says))
      throw new DrillError('TOOL_BROKEN', `${reference} says "${said.trim()}" and not "${says}"`);
    return { name, reference, id: image.id, made: true };
  } catch (error) {
    await dockerStep(cx, ['rmi', reference]).catch(() => undefined);
    throw error;
  }
}
