// What has to be there before a cluster can be: an engine, Compose, and an image for each program.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrillError } from '../../core/error.ts';
import type { RuntimeContext } from '../../core/kinds.ts';
import type { NodeSpec } from '../../core/node.ts';
import { type ChosenImage, chooseImages } from '../../toolchain/images/choose.ts';
import { askCompose, askEngine, dockerStep } from '../../toolchain/images/engine.ts';
import { type ImageName, images } from '../../toolchain/images/images.ts';
import { createToolContext } from '../../toolchain/provision.ts';
import { asked, openEngine } from './engine.ts';
import { programOf } from './programs.ts';

const PULLED_WITHIN_MS = 600_000;
const FOUND_WITHIN_MS = 10_000;

type Progress = Pick<RuntimeContext, 'onProgress' | 'signal'>;

export interface Prepared {
  readonly engine: string;
  readonly compose: string;
  readonly images: readonly ChosenImage[];
}

/** Throws TOOL_MISSING with what to do. */
export async function prepare(cx: Progress, nodes: readonly Pick<NodeSpec, 'program'>[]): Promise<Prepared> {
  const found = await findOnce(cx);
  const chosen = imagesFor(nodes, found);
  for (const image of chosen) if (image.id === undefined) await pull(image, cx);
  return { ...found, images: chosen };
}

/**
 * Whether containers can be had for these nodes: an engine answers whose networks can be reached from here, and it has each
 * image or finds it in its registry.
 */
export async function whyNot(
  { signal }: Pick<Progress, 'signal'>,
  nodes: readonly Pick<NodeSpec, 'program'>[],
): Promise<string | undefined> {
  if (process.platform !== 'linux') return `it needs Linux, and this is ${process.platform}`;
  try {
    const prepared = await findOnce({ signal });
    const elsewhere = await whyOutOfReach();
    if (elsewhere !== undefined) return elsewhere;
    const missing = imagesFor(nodes, prepared).filter(({ id }) => id === undefined);
    const found = await Promise.all(missing.map(({ reference }) => isPublished(reference)));
    const nowhere = missing.filter((_, at) => found[at] === false).map(({ reference }) => reference);
    return nowhere.length === 0 ? undefined : `no image ${nowhere.join(', ')} here or in its registry`;
  } catch (error) {
    if (error instanceof DrillError) return error.message;
    throw error;
  }
}

/** Evidence comes from outside of the containers, through the networks of the engine. */
async function whyOutOfReach(): Promise<string | undefined> {
  const info = (await asked(openEngine().info())) as { Name: string; SecurityOptions?: readonly string[] } | undefined;
  if (info === undefined || info.Name !== hostname())
    return `its engine is on ${info?.Name} and not on this machine, where its networks would have to be`;
  const rootless = info.SecurityOptions?.some((option) => option.includes('rootless')) === true;
  return rootless ? 'its engine is rootless, and its networks cannot be reached from here' : undefined;
}

/** Whether the engine finds it in the registry: it is the one that would pull it, with its own proxies and mirrors. */
async function isPublished(reference: string): Promise<boolean> {
  const late = sleep(FOUND_WITHIN_MS, false, { ref: false });
  const asks = openEngine().getImage(reference).distribution();
  return await Promise.race([asks.then(() => true), late]).catch(() => false);
}

function imagesFor(nodes: readonly Pick<NodeSpec, 'program'>[], { images: all }: Prepared): readonly ChosenImage[] {
  const needed = new Set<ImageName>(['toxiproxy', ...nodes.map((node) => programOf(node).image)]);
  return all.filter(({ name }) => needed.has(name));
}

/** Variable of a compose file → image. */
export function imageVariables(chosen: readonly ChosenImage[]): Readonly<Record<string, string>> {
  return Object.fromEntries(chosen.map(({ name, reference }) => [images[name].variable, reference]));
}

let known: Promise<Prepared> | undefined;

/** Asked once a process: neither comes nor goes while drills run. */
function findOnce(cx: Pick<Progress, 'signal'>): Promise<Prepared> {
  known ??= ask(cx).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function ask({ signal }: Pick<Progress, 'signal'>): Promise<Prepared> {
  const cx = createToolContext({ signal });
  const [engine, compose] = await Promise.all([askEngine(cx), askCompose(cx)]);
  if ('why' in engine) throw missing(`no container engine: ${engine.why}`);
  if ('why' in compose) throw missing(`no Docker Compose: ${compose.why}`);
  const chosen = await chooseImages({ signal });
  return { engine: engine.version, compose: compose.version, images: Object.values(chosen) };
}

async function pull({ reference }: ChosenImage, cx: Progress): Promise<void> {
  cx.onProgress(`pulling ${reference}`);
  await dockerStep(createToolContext({ signal: cx.signal }), ['pull', reference], PULLED_WITHIN_MS).catch(
    (error: unknown) => {
      throw new DrillError('TOOL_MISSING', `the image ${reference} is not there and cannot be pulled`, {
        hint: '"firedrill images build" makes all images without a registry.',
        cause: error,
      });
    },
  );
}

function missing(message: string): DrillError {
  return new DrillError('TOOL_MISSING', message, { hint: '"firedrill doctor" says what to do.' });
}
