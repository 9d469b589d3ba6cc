import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSchema } from '../drill/json-schema.ts';
import { renderTargetSchema } from '../targets/json-schema.ts';
import { type CommandContext, openProject, print } from './context.ts';

/** The JSON Schema of drill files, or of target files, with the kinds that are known here, plugins' too; with `write` both, beside the config. */
export async function schema(
  options: { readonly config?: string; readonly write?: boolean; readonly targets?: boolean },
  cx: CommandContext,
): Promise<number> {
  const { registry, config } = await openProject(options.config, cx);
  const files = { 'drill.schema.json': renderSchema(registry), 'target.schema.json': renderTargetSchema(registry) };
  if (options.write !== true) {
    cx.stdout.write(files[options.targets === true ? 'target.schema.json' : 'drill.schema.json']);
    return 0;
  }
  const folder = join(config.root, 'schema');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    print(cx, `Wrote ${join(folder, name)}`);
  }
  return 0;
}
