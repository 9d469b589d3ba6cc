import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { DrillError } from '../core/error.ts';
import { java } from './java.ts';
import { makeArchives } from './kafka-archives.ts';
import { makeSeed } from './kafka-seed.ts';
import { jarsKey, kafkaTools, logging } from './kafka-tools.ts';
import type { Made, NotFound, Program, ToolContext, ToolRecipe } from './recipe.ts';

/** Of what is made here: another number makes it again. */
const revision = 1;

/**
 * What each broker and controller is started with: a small heap, and no compiler that wins in the long run, since a
 * drill's cluster lives for a minute.
 */
export const serverFlags: readonly string[] = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];

/**
 * A broker or controller: what follows is its config file. Made are a seed (formatted storage) and, for each role, an
 * archive of classes (`-XX:SharedArchiveFile`), which no other build of Java and no other place of the jars can use.
 */
export const kafka: ToolRecipe = {
  name: 'kafka',
  needs: [java, kafkaTools],
  find: async () => ({ why: 'its storage and its archives of classes are made once' }),
  cacheKey: (cx) => {
    const jars = createHash('sha256')
      .update(toolsOf(cx).args?.join() ?? '')
      .digest('hex');
    return `${jarsKey}-${jars.slice(0, 8)}-java-${javaOf(cx).version}-${cx.platform.arch}-${revision}`;
  },
  whyNotMade: () => undefined,
  make,
  inspect,
  mend: () => 'run "firedrill setup" again',
};

async function make(cx: ToolContext, directory: string): Promise<Made> {
  cx.onProgress('kafka: formatting storage, and starting a broker and a controller to archive their classes');
  const tools = toolsOf(cx);
  await makeSeed(cx, { tools, into: join(directory, 'seed') });
  const server = { ...tools, args: serverArgs(tools), seed: join(directory, 'seed') };
  await makeArchives(cx, { server, into: directory });
  return { path: 'seed', sources: { java: javaOf(cx).version, jars: jarsKey } };
}

async function inspect(cx: ToolContext, seed: string): Promise<Program | NotFound> {
  const tools = toolsOf(cx);
  const archive = `-XX:SharedArchiveFile=${join(dirname(seed), '{role}.jsa')}`;
  return { ...tools, args: [archive, '-Djdk.net.hosts.file={hosts}', ...serverArgs(tools)], seed };
}

function serverArgs({ args = [] }: Program): string[] {
  return [...serverFlags, `-Dlog4j2.configurationFile=${logging}`, ...args, 'kafka.Kafka'];
}

function javaOf({ needed }: ToolContext): Program {
  return needed[java.name] ?? missing(java.name);
}

function toolsOf({ needed }: ToolContext): Program {
  return needed[kafkaTools.name] ?? missing(kafkaTools.name);
}

function missing(name: string): never {
  throw new DrillError('INTERNAL', `Kafka is looked for without ${name}`);
}
