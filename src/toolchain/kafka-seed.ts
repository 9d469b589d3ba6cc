import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStep } from './command.ts';
import type { Program, ToolContext } from './recipe.ts';

/** Formats one node's storage, with the features of a fresh cluster, and leaves what every node's starts with. */
export async function makeSeed(
  cx: ToolContext,
  { tools, into }: { readonly tools: Program; readonly into: string },
): Promise<void> {
  const workDir = await mkdtemp(`${into}-`);
  const data = join(workDir, 'data');
  const config = join(workDir, 'server.properties');
  await writeFile(
    config,
    [
      'process.roles=controller',
      'node.id=1',
      'controller.quorum.voters=1@localhost:9093',
      'listeners=CONTROLLER://localhost:9093',
      'controller.listener.names=CONTROLLER',
      `log.dirs=${data}`,
    ].join('\n'),
  );
  // The cluster's id is any: it is replaced.
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', 'AAAAAAAAAAAAAAAAAAAAAQ', '--config', config];
  await runStep([tools.path, ...(tools.args ?? []), ...format], {
    step: 'kafka.tools.StorageTool format',
    env: { ...cx.env, ...tools.env },
    signal: cx.signal,
    timeoutMs: 120_000,
  });
  await mkdir(into);
  await copyFile(join(data, 'bootstrap.checkpoint'), join(into, 'bootstrap.checkpoint'));
  const properties = await readFile(join(data, 'meta.properties'), 'utf8');
  const template = properties.replace(/^(cluster\.id|node\.id|directory\.id)=.*$/gm, '$1={$1}').replace(/^#.*\n/gm, '');
  await writeFile(join(into, 'meta.properties'), template);
  await rm(workDir, { recursive: true });
}
