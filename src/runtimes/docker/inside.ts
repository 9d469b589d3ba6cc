// What is in a node's container: its output, its config files, and commands run there.
import type Docker from 'dockerode';
import type { Config, Exec, Logs } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { NodeName } from '../../core/node.ts';
import { asked } from './engine.ts';
import { CONFIG_DIRECTORY } from './programs.ts';
import { filesInTar, unframe } from './streams.ts';

type ContainerOf = (node: NodeName) => Docker.Container;

const NOT_THERE = 404;

/** All of a container's output so far; empty when there is none. */
export async function readLog(container: Docker.Container): Promise<string> {
  const bytes = await asked(container.logs({ stdout: true, stderr: true, follow: false }), [NOT_THERE]);
  return bytes === undefined ? '' : unframe(bytes).both;
}

export function createLogs(containerOf: ContainerOf): Logs {
  return { read: (node) => readLog(containerOf(node)) };
}

/** Also of a node that does not run. */
export function createConfig(containerOf: ContainerOf): Config {
  return {
    read: async (node) => {
      const archive = await asked(containerOf(node).getArchive({ path: CONFIG_DIRECTORY }));
      return archive === undefined ? [] : filesInTar(await collect(archive));
    },
  };
}

export function createExec(containerOf: ContainerOf): Exec {
  return {
    run: async (node, argv, signal) => {
      signal.throwIfAborted();
      const exec = await asked(containerOf(node).exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true }));
      const stream = await asked(exec?.start({ hijack: true, stdin: false }) ?? Promise.resolve(undefined));
      if (exec === undefined || stream === undefined) throw new DrillError('INTERNAL', 'no answer', { at: node });
      const stop = (): void => void stream.destroy();
      signal.addEventListener('abort', stop);
      try {
        const { stdout, stderr } = unframe((await asked(collect(stream))) ?? Buffer.alloc(0));
        const code = (await asked(exec.inspect()))?.ExitCode;
        return { code: code ?? -1, stdout, stderr };
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

async function collect(stream: AsyncIterable<unknown> | NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
