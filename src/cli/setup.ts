import { provision } from '../toolchain/provision.ts';
import { toolNames, toToolName } from '../toolchain/tools.ts';
import { type CommandContext, print, progress } from './context.ts';

/** Those that are named, or all; each with what it needs. Throws when one of them cannot be had, after all were tried. */
export async function setup(names: readonly string[], cx: CommandContext): Promise<number> {
  const tools = names.length === 0 ? toolNames : names.map(toToolName);
  const toolchain = await provision({ tools, onProgress: (line) => progress(cx, line) });
  for (const tool of Object.values(toolchain.tools))
    print(cx, `${tool.name} ${tool.version} (${tool.source}): ${tool.path}`);
  return 0;
}
