// What one process at a time may have: a file that is there whole or not at all, and never away for a moment.
import { link, readFile, rename, rm } from 'node:fs/promises';

/**
 * Makes `draft` the claim at `path`: false when another living process has it, as `isHeld` says of what is in it (undefined:
 * nothing that can be read). That of a dead one is taken over by whoever has the turn to, who puts its own over it: a claim
 * that is moved away first can be had by a third meanwhile. The draft stays; its owner removes it.
 */
export async function takeClaim(draft: string, path: string, isHeld: (content: unknown) => boolean): Promise<boolean> {
  if (await linked(draft, path)) return true;
  if (isHeld(await contentOf(path))) return false;
  const turn = `${path}.turn`;
  if (!(await linked(draft, turn))) {
    // Its owner may have died in the middle: the next who comes has its turn.
    if (!isHeld(await contentOf(turn))) await rm(turn, { force: true });
    return false;
  }
  try {
    if (isHeld(await contentOf(path))) return false;
    const own = `${draft}.own`;
    await link(draft, own);
    await rename(own, path);
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function contentOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
