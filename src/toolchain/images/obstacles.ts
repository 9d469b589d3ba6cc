// What stands in the way of an engine or of a build, with the one command that mends it.
import { fileURLToPath } from 'node:url';
import type { Platform } from '../platform.ts';
import type { ToolContext } from '../recipe.ts';
import { contents } from './contents.ts';
import type { Engine } from './engine.ts';
import { type ImageName, images } from './images.ts';
import { installMmdebstrap, whyNoRootfs } from './rootfs.ts';

/** The same relative to src/toolchain/images and to dist/toolchain/images. */
const script = fileURLToPath(new URL('../../../fixtures/docker-engine.sh', import.meta.url));

export interface Obstacle {
  readonly why: string;
  readonly mend: string;
}

/** Go's name of this machine's architecture, which packages and programs are made for. */
export function archOf({ arch }: Platform): string {
  return arch === 'x64' ? 'amd64' : arch;
}

/** What brings an engine that does not answer, or a Compose that is missing. */
export function mendEngine({ installer }: Platform, why: string): string {
  if (/permission denied/i.test(why)) return 'sudo usermod -aG docker "$USER", and log in again';
  if (installer === 'apt') return `sudo ${script}`;
  return 'install Docker with Compose (https://docs.docker.com/engine/install), and start it';
}

/** The first reason why these cannot be built here, or undefined if they can. */
export function whyNotBuilt(cx: ToolContext, names: readonly ImageName[], engine: Engine): Obstacle | undefined {
  const arch = archOf(cx.platform);
  const pull = names.map((name) => `docker pull ${images[name].published}`).join(' && ');
  if (cx.platform.os !== 'linux' || engine.arch !== arch) {
    const here = `${cx.platform.os}/${arch}`;
    return { why: `the engine is linux/${engine.arch}, and this machine ${here}: it builds for itself`, mend: pull };
  }
  const why = names.some((name) => contents[name].onRootfs) ? whyNoRootfs(cx) : undefined;
  if (why !== undefined) return { why, mend: cx.platform.installer === 'apt' ? installMmdebstrap : pull };
  return names.map((name) => contents[name].whyNot?.(cx)).find((obstacle) => obstacle !== undefined);
}
