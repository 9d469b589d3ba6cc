import { DrillError } from '../core/error.ts';
import { closest } from '../drill/suggest.ts';
import { layOut } from '../reporters/console/columns.ts';
import { buildImages } from '../toolchain/images/build.ts';
import { type ChosenImage, chooseImages } from '../toolchain/images/choose.ts';
import { type ImageName, imageNames, images } from '../toolchain/images/images.ts';
import { type CommandContext, print, printJson, progress } from './context.ts';
import { widthOf } from './labelled.ts';

/** Which image the runtime docker takes for what, why, and whether the engine has it. */
export async function listImages(options: { readonly json?: boolean }, cx: CommandContext): Promise<number> {
  const chosen = Object.values(await chooseImages({ env: cx.env }));
  if (options.json === true) printJson(cx, chosen);
  else {
    const rows = chosen.map((image) => [image.name, image.reference, whyChosen(image), image.id?.slice(7, 19) ?? 'no']);
    print(cx, ...layOut([['image', 'the runtime docker takes', 'because', 'is there'], ...rows], widthOf(cx)).flat());
    if (chosen.some(({ id }) => id === undefined)) print(cx, 'firedrill images build makes them without a registry.');
  }
  return 0;
}

function whyChosen({ name, source }: ChosenImage): string {
  if (source === 'environment') return `${images[name].variable} says so`;
  return source === 'local' ? 'built here' : 'public, none built here';
}

/** Those that are named, or all. Throws when one of them cannot be had. */
export async function buildNamed(
  names: readonly string[],
  options: { readonly force?: boolean },
  cx: CommandContext,
): Promise<number> {
  const built = await buildImages({
    env: cx.env,
    names: names.length === 0 ? imageNames : names.map(toImageName),
    force: options.force === true,
    onProgress: (line) => progress(cx, line),
  });
  for (const { reference, id, made } of built)
    print(cx, `${reference} (${made ? 'made' : 'was there already'}): ${id.slice(7, 19)}`);
  return 0;
}

function toImageName(name: string): ImageName {
  const image = imageNames.find((each) => each === name);
  if (image !== undefined) return image;
  throw new DrillError('USAGE', `there is no image "${name}"`, {
    hint: `Did you mean ${closest(name, imageNames) ?? imageNames.join(' or ')}?`,
  });
}
