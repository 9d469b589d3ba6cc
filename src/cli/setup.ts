import { provision } from '../toolchain/provision.ts';
import { type CommandContext, print, progress } from './context.ts';

export async function setup(cx: CommandContext): Promise<number> {
  const toolchain = await provision({ onProgress: (line) => progress(cx, line) });
  for (const tool of Object.values(toolchain.tools))
    print(cx, `${tool.name} ${tool.version} (${tool.source}): ${tool.path}`);
  return 0;
}
