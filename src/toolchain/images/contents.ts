import { copyFile, mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DrillError } from '../../core/error.ts';
import { installGo } from '../go.ts';
import { jarsKey, kafkaVersion } from '../kafka-tools.ts';
import { provision } from '../provision.ts';
import type { ToolContext } from '../recipe.ts';
import { toxiproxy, toxiproxyVersion } from '../toxiproxy.ts';
import { type ImageName, redisVersion } from './images.ts';

/** What one image is made of, over the common root or over nothing. */
export interface Contents {
  readonly onRootfs: boolean;
  /** Changes with what is added. */
  readonly key: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** A command that proves that what is in the image runs, and what it has to say. */
  readonly trial: { readonly argv: readonly string[]; readonly says: string };
  /** Puts into a directory what the image adds. Without it, nothing is added. */
  add?(cx: ToolContext, directory: string): Promise<void>;
  whyNot?(cx: ToolContext): { readonly why: string; readonly mend: string } | undefined;
}

/** As the public images have it, as far as a cluster's start commands are concerned. */
export const contents: Readonly<Record<ImageName, Contents>> = {
  kafka: {
    onRootfs: true,
    key: jarsKey,
    trial: { argv: ['java', '-cp', '/opt/kafka/libs/*', 'kafka.Kafka', '--version'], says: kafkaVersion },
    add: addJars,
  },
  redis: {
    onRootfs: true,
    key: redisVersion,
    command: ['redis-server'],
    trial: { argv: ['redis-server', '--version'], says: `v=${redisVersion} ` },
  },
  toxiproxy: {
    onRootfs: false,
    key: toxiproxyVersion,
    entrypoint: ['/toxiproxy'],
    command: ['-host=0.0.0.0'],
    trial: { argv: ['-version'], says: toxiproxyVersion },
    add: addToxiproxy,
    whyNot: (cx) => {
      const why = toxiproxy.whyNotMade(cx);
      return why === undefined ? undefined : { why, mend: installGo(cx.platform) };
    },
  },
};

/** Those of the toolchain's cache, whose checksums are pinned. */
async function addJars(cx: ToolContext, directory: string): Promise<void> {
  const { tools } = await provision({
    tools: ['kafka-tools'],
    env: cx.env,
    signal: cx.signal,
    onProgress: cx.onProgress,
  });
  const jars = tools['kafka-tools'].args?.[1]?.split(':') ?? [];
  if (jars.length === 0) throw new DrillError('INTERNAL', 'kafka-tools has no class path');
  const libs = join(directory, 'opt/kafka/libs');
  await mkdir(libs, { recursive: true });
  for (const jar of jars) await copyFile(jar, join(libs, basename(jar)));
}

/** Always built, since one that is on PATH may need libraries, and an image from nothing has none. */
async function addToxiproxy(cx: ToolContext, directory: string): Promise<void> {
  const { path } = await toxiproxy.make(cx, directory);
  await rename(join(directory, path), join(directory, 'toxiproxy'));
}
