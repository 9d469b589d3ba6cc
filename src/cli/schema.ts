import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSchema } from '../drill/json-schema.ts';
import { type CommandContext, openProject, print } from './context.ts';

/** The JSON Schema of drill files with the kinds that are known here, plugins' too; with `write` beside the config. */
export async function schema(
  options: { readonly config?: string; readonly write?: boolean },
  cx: CommandContext,
): Promise<number> {
  const { registry, config } = await openProject(options.config, cx);
  const text = renderSchema(registry);
  if (options.write !== true) {
    cx.stdout.write(text);
    return 0;
  }
  const folder = join(config.root, 'schema');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'drill.schema.json'), text);
  print(cx, `Wrote ${join(folder, 'drill.schema.json')}`);
  return 0;
}
