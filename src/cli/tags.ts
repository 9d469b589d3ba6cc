// Tags: which there are, and which drills have one.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { isJsonObject, type Json } from '../core/json.ts';
import { closest } from '../drill/suggest.ts';

/** Which tag was probably meant, or all that there are. */
export function tagHint(wanted: readonly string[], drills: readonly { readonly tags: readonly string[] }[]): string {
  const tags = [...new Set(drills.flatMap((drill) => drill.tags))].toSorted((a, b) => a.localeCompare(b));
  if (tags.length === 0) return 'No drill here has a tag.';
  const near = wanted.map((tag) => closest(tag, tags)).find((tag) => tag !== undefined);
  return `${near === undefined ? '' : `Did you mean ${near}? `}Tags: ${tags.join(', ')}`;
}

/**
 * Whether a drill that is not valid is meant by one of the tags, as far as anybody can tell. One that is no YAML is meant
 * when a tag stands anywhere in it: that it was left out by mistake would go unseen.
 */
export async function mayHaveTag(file: string, tags: readonly string[]): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return true;
  const document = parseLeniently(text);
  if (!isJsonObject(document)) return tags.some((tag) => text.includes(tag));
  const own = [document['tags'], document['cadence']].flat();
  return tags.some((tag) => own.includes(tag));
}

function parseLeniently(text: string): Json | undefined {
  try {
    return parse(text) as Json;
  } catch {
    return undefined;
  }
}
