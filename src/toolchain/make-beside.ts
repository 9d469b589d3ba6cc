import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const mark = '.making-';

/** Longer than all time-outs of anything that is made, together. */
const leftoverAgeMs = 60 * 60 * 1000;

/** An empty directory beside the place that what is made in it will have, and no more of those who died at it. */
export async function makeBeside(place: string): Promise<string> {
  await removeLeftovers(place);
  return mkdtemp(`${place}${mark}`);
}

/** Of processes that died while they made it. By age and not by owner: a cache can be shared between containers. */
async function removeLeftovers(place: string): Promise<void> {
  const parent = dirname(place);
  const leftovers = (await readdir(parent)).filter((entry) => entry.startsWith(`${basename(place)}${mark}`));
  for (const path of leftovers.map((entry) => join(parent, entry))) {
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && Date.now() - status.mtimeMs > leftoverAgeMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
