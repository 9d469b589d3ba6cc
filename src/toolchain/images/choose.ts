import { createToolContext, type ProvisionOptions } from '../provision.ts';
import type { ToolContext } from '../recipe.ts';
import { findImage } from './engine.ts';
import { type ImageName, imageNames, images } from './images.ts';

/** Which image a cluster in containers takes, and why. */
export interface ChosenImage {
  readonly name: ImageName;
  readonly reference: string;
  readonly source: 'environment' | 'local' | 'public';
  /** The engine's id of it; undefined: it would have to be pulled. */
  readonly id: string | undefined;
}

/** The one that the environment names; else the local build, where there is one; else the public one. Pulls nothing. */
export async function chooseImages(
  options: Pick<ProvisionOptions, 'env' | 'signal'> = {},
): Promise<Readonly<Record<ImageName, ChosenImage>>> {
  const cx = createToolContext(options);
  const chosen = await Promise.all(imageNames.map((name) => choose(cx, name)));
  return Object.fromEntries(chosen.map((each) => [each.name, each])) as Record<ImageName, ChosenImage>;
}

async function choose(cx: ToolContext, name: ImageName): Promise<ChosenImage> {
  const { variable, local, published } = images[name];
  const named = cx.env[variable];
  if (named !== undefined && named !== '')
    return { name, reference: named, source: 'environment', id: (await findImage(cx, named))?.id };
  const built = await findImage(cx, local);
  if (built !== undefined) return { name, reference: local, source: 'local', id: built.id };
  return { name, reference: published, source: 'public', id: (await findImage(cx, published))?.id };
}
