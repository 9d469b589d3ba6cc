// An archive that `docker load` takes. Written by ourselves, because a builder puts today's date into all that it makes.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hashFile } from '../cache.ts';
import { epochSeconds } from './rootfs.ts';

export interface ImageContent {
  readonly reference: string;
  /** Tar files beside each other, the lowest first. */
  readonly layers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

interface Written {
  /** The files that the archive is made of, by their names beside the layers. */
  readonly files: readonly string[];
  /** Reference → the id that every engine gives it. */
  readonly ids: ReadonlyMap<string, string>;
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const created = new Date(epochSeconds * 1000).toISOString();

/** Writes the descriptions of the images beside their layers. The same content has the same ids. */
export async function describeImages(contents: readonly ImageContent[], arch: string): Promise<Written> {
  const directory = dirname(contents[0]?.layers[0] ?? '.');
  const hashes = new Map<string, string>();
  for (const layer of new Set(contents.flatMap(({ layers }) => layers))) hashes.set(layer, await hashFile(layer));
  const ids = new Map<string, string>();
  const manifest = [];
  for (const content of contents) {
    const text = configOf(content, {
      arch,
      layers: content.layers.map((layer) => `sha256:${hashes.get(layer) ?? ''}`),
    });
    const id = createHash('sha256').update(text).digest('hex');
    await writeFile(join(directory, `${id}.json`), text);
    ids.set(content.reference, `sha256:${id}`);
    manifest.push({
      Config: `${id}.json`,
      RepoTags: [content.reference],
      Layers: content.layers.map((layer) => basename(layer)),
    });
  }
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  const configs = manifest.map(({ Config }) => Config);
  return { files: ['manifest.json', ...new Set(configs), ...[...hashes.keys()].map((layer) => basename(layer))], ids };
}

function configOf(
  { labels, entrypoint, command }: ImageContent,
  { arch, layers }: { readonly arch: string; readonly layers: readonly string[] },
): string {
  return JSON.stringify({
    architecture: arch,
    os: 'linux',
    created,
    config: { Env: [path], Entrypoint: entrypoint ?? null, Cmd: command ?? null, WorkingDir: '/', Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers },
    history: layers.map(() => ({ created, created_by: 'firedrill images build' })),
  });
}
