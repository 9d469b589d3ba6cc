import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DrillError } from '../core/error.ts';
import { hashFile } from './cache.ts';
import { java } from './java.ts';
import { copyJars, mendMaven, whyNoMaven } from './maven.ts';
import type { Made, NotFound, Program, ToolContext, ToolRecipe } from './recipe.ts';

/** The pinned pom and its jars' checksums. The same relative to src/toolchain and to dist/toolchain. */
const pinned = fileURLToPath(new URL('../../fixtures/toolchain/kafka/', import.meta.url));
const pom = join(pinned, 'pom.xml');
const sums = join(pinned, 'sha256sums.txt');

/** Kafka's version, as the pom pins it. */
export const kafkaVersion = /<kafka\.version>(.*)<\/kafka\.version>/.exec(readFileSync(pom, 'utf8'))?.[1] ?? '';

/** Changes with any byte of any jar. */
export const jarsKey = `${kafkaVersion}-${createHash('sha256').update(readFileSync(sums)).digest('hex').slice(0, 8)}`;

/**
 * Java with Kafka's jars on its class path: what is missing is a main class, and that one's arguments. Made with Maven
 * from the pom that fixtures/toolchain/kafka pins; each jar is compared with the sum that stands there.
 */
export const kafkaTools: ToolRecipe = {
  name: 'kafka-tools',
  needs: [java],
  find: async () => ({ why: 'its jars come from Maven' }),
  cacheKey: () => jarsKey,
  whyNotMade: whyNoMaven,
  make,
  inspect,
  mend: mendMaven,
};

async function make(cx: ToolContext, directory: string): Promise<Made> {
  cx.onProgress(`kafka-tools: fetching Kafka ${kafkaVersion} and what it needs with Maven (45 MB the first time)`);
  const workDir = await mkdtemp(join(directory, 'maven-'));
  // Maven takes the pom's directory for one that it may write to.
  await copyFile(pom, join(workDir, 'pom.xml'));
  const into = join(directory, 'libs');
  await copyJars(cx, { pom: join(workDir, 'pom.xml'), java: javaOf(cx), workDir, into });
  await compare(into);
  await rm(workDir, { recursive: true });
  return { path: 'libs', sources: { 'sha256sums.txt': await hashFile(sums) } };
}

/** Every jar that is pinned, with the bytes that are pinned, and none besides. */
async function compare(directory: string): Promise<void> {
  const wanted = [...readFileSync(sums, 'utf8').matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)];
  const byName = new Map(wanted.map(([, sha256 = '', name = '']) => [name, sha256]));
  for (const name of new Set([...byName.keys(), ...(await readdir(directory))])) {
    const sha256 = await hashFile(join(directory, name)).catch(() => 'none');
    if (sha256 === byName.get(name)) continue;
    throw new DrillError('TOOL_BROKEN', `${name} has SHA-256 ${sha256} instead of ${byName.get(name) ?? 'none'}`);
  }
}

async function inspect(cx: ToolContext, path: string): Promise<Program | NotFound> {
  const { path: program, env } = javaOf(cx);
  const jars = (await readdir(path)).sort().map((name) => join(path, name));
  const args = ['-cp', jars.join(':')];
  return { path: program, args, version: kafkaVersion, ...(env === undefined ? {} : { env }) };
}

function javaOf({ needed }: ToolContext): Program {
  const found = needed[java.name];
  if (found === undefined) throw new DrillError('INTERNAL', 'Kafka is looked for without Java');
  return found;
}

/** Where log4j2's configuration is: a node's log is its stdout. */
export const logging = join(dirname(sums), 'log4j2.properties');
