import { findOnPath, lastLines, runCommand } from './command.ts';
import type { Diagnosis } from './diagnosis.ts';
import { installCommand, type Platform } from './platform.ts';
import type { ToolContext } from './recipe.ts';

/** From 1.21 on, Go fetches the version that the pinned module asks for, unless GOTOOLCHAIN forbids it. */
const oldestMinor = 21;

/** Go is a means, not a tool of a drill: what is not on PATH is built with it. */
export async function diagnoseGo(cx: ToolContext, required: boolean): Promise<Diagnosis> {
  const mend = installGo(cx.platform);
  const path = findOnPath('go', cx.env);
  if (path === undefined) return { name: 'go', state: 'missing', required, found: 'no go on PATH', mend };
  const result = await runCommand([path, 'version'], { env: cx.env, signal: cx.signal, timeoutMs: 10_000 });
  const [, version, minor] = /go version go(1\.(\d+)\S*)/.exec(result.stdout) ?? [];
  if (version === undefined) {
    return { name: 'go', state: 'broken', required, found: `${path}: ${lastLines(result.output)}`, mend };
  }
  const found = `${version}, ${path}`;
  if (Number(minor) < oldestMinor) return { name: 'go', state: 'broken', required, found, mend };
  return { name: 'go', state: 'ok', required, found };
}

/** The command, where the distribution's Go is recent enough everywhere; else the sentence. */
export function installGo(platform: Platform): string {
  return installCommand(platform, {
    brew: 'go',
    dnf: 'golang',
    pacman: 'go',
    apk: 'go',
    zypper: 'go',
    none: 'install Go 1.23 or newer (https://go.dev/dl) and put it on PATH',
  });
}
