import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commands } from '../../core/cluster.ts';
import { writeKafkaCommands } from '../../toolchain/kafka-commands.ts';
import { provision } from '../../toolchain/provision.ts';

export interface CommandsOptions {
  /** Of the run: what is made goes with it. */
  readonly directory: string;
  /** Names of nodes as the probes reach them. */
  readonly hostsFile: string;
}

/** Kafka's tools. Made when they are asked for first: most drills have no use for them. */
export function createCommands(options: CommandsOptions): Commands {
  let made: Promise<string> | undefined;
  return {
    directory: () => {
      made ??= make(options);
      return made;
    },
  };
}

async function make({ directory, hostsFile }: CommandsOptions): Promise<string> {
  const { tools } = await provision({ tools: ['kafka-tools'] });
  const home = join(directory, 'commands');
  const hosts = join(home, 'hosts');
  await mkdir(home, { recursive: true });
  await writeFile(`${hosts}.${process.pid}`, hostsFile);
  await rename(`${hosts}.${process.pid}`, hosts);
  await writeKafkaCommands(join(home, 'bin'), tools['kafka-tools'], hosts);
  return join(home, 'bin');
}
