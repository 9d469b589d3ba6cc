// A tree through a zod schema: the typed value, or mistakes in a drill author's words at their places.
import type { z } from 'zod';
import type { Position } from '../core/drill.ts';
import type { Json } from '../core/json.ts';
import { type Complaint, complaintsOf } from './issues.ts';
import type { Problems } from './problems.ts';
import { descend, keyPosition, nearestAt, type Tree, toJson } from './tree.ts';

/** Undefined if the value is not what the schema wants: every reason is in `problems` then. */
export function readAs<T>(schema: z.ZodType<T>, tree: Tree, problems: Problems): T | undefined {
  return readWrapped(schema, tree, problems)?.value;
}

/** The same for schemas whose value may be undefined itself. */
export function readWrapped<T>(
  schema: z.ZodType<T>,
  tree: Tree,
  problems: Problems,
): { readonly value: T } | undefined {
  const result = parse(schema, toJson(tree));
  if (result.ok) return result;
  for (const complaint of result.complaints) report(complaint, tree, problems);
  return undefined;
}

/** The typed value if it is right, without a word if it is not. */
export function readQuietly<T>(schema: z.ZodType<T>, tree: Tree): T | undefined {
  const result = parse(schema, toJson(tree));
  return result.ok ? result.value : undefined;
}

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly complaints: Complaint[] };

function parse<T>(schema: z.ZodType<T>, value: Json): Result<T> {
  try {
    // An empty message marks what zod says itself: those are put into words in issues.ts.
    const result = schema.safeParse(value, { error: () => '' });
    if (result.success) return { ok: true, value: result.data };
    return { ok: false, complaints: result.error.issues.flatMap((issue) => complaintsOf(issue, value, schema)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, complaints: [{ path: [], message: `this could not be checked: ${why}` }] };
  }
}

function report({ path, key, message, hint }: Complaint, tree: Tree, problems: Problems): void {
  const found = nearestAt(tree, path);
  const at: Position = key === undefined ? found.at : keyPosition(found, key);
  const exact = descend(tree, path);
  const leaf = exact?.type === 'scalar' ? exact : undefined;
  // A reference to a param that is not there has been reported: what stands in its place says nothing.
  if (leaf?.unresolved === true) return;
  problems.error(at, message, hint ?? (leaf?.param === undefined ? undefined : `the value is that of $${leaf.param}`));
}
