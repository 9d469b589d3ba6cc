import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFile } from './cache.ts';
import { askVersion, findOnPath, lastLines, runStep } from './command.ts';
import { installGo } from './go.ts';
import { isFound, type Made, type NotFound, type Program, type ToolContext, type ToolRecipe } from './recipe.ts';

/** As fixtures/toolchain/toxiproxy pins it. */
export const toxiproxyVersion = '2.12.0';
const suitable = /^2\.12\./;
const module = 'github.com/Shopify/toxiproxy/v2';

/** The pinned module. The same relative to src/toolchain and to dist/toolchain. */
const pinned = fileURLToPath(new URL('../../fixtures/toolchain/toxiproxy/go.mod', import.meta.url));

/** Toxiproxy's server: from PATH, or built by Go from the module that fixtures/toolchain/toxiproxy pins. */
export const toxiproxy: ToolRecipe = {
  name: 'toxiproxy',
  find,
  cacheKey: ({ platform }) => `${toxiproxyVersion}-${platform.os}-${platform.arch}`,
  whyNotMade: (cx) => (hasGo(cx) ? undefined : 'no go on PATH to build it with'),
  make,
  inspect,
  mend: (cx) =>
    hasGo(cx)
      ? 'let Go reach its module proxy (GOPROXY, https_proxy), or put toxiproxy-server 2.12 on PATH'
      : installGo(cx.platform),
};

function hasGo(cx: ToolContext): boolean {
  return findOnPath('go', cx.env) !== undefined;
}

async function find(cx: ToolContext): Promise<Program | NotFound> {
  const tried: string[] = [];
  for (const name of ['toxiproxy-server', 'toxiproxy']) {
    const path = findOnPath(name, cx.env);
    if (path === undefined) continue;
    const answer = await inspect(cx, path);
    if (isFound(answer)) return answer;
    tried.push(answer.why);
  }
  return { why: tried.join('; ') || 'no toxiproxy-server on PATH' };
}

async function inspect(cx: ToolContext, path: string): Promise<Program | NotFound> {
  const result = await askVersion([path, '-version'], { env: cx.env, signal: cx.signal });
  const said = /version (\S+)/.exec(result.output)?.[1];
  if (result.code !== 0 || said === undefined)
    return { why: `${path} does not run: ${lastLines(result.output)}`, broken: true };
  if (!suitable.test(said)) return { why: `${path} is version ${said}, and 2.12 is needed` };
  return { path, version: said };
}

async function make(cx: ToolContext, directory: string): Promise<Made> {
  cx.onProgress(`toxiproxy: building ${module} v${toxiproxyVersion} with Go (under a minute the first time)`);
  const path = 'toxiproxy-server';
  const flags = [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=-s -w -X ${module}.Version=${toxiproxyVersion}`,
  ];
  await runStep(['go', 'build', ...flags, '-o', join(directory, path), `${module}/cmd/server`], {
    step: 'go build',
    cwd: dirname(pinned),
    env: { ...cx.env, CGO_ENABLED: '0', GOWORK: 'off' },
    signal: cx.signal,
    timeoutMs: 600_000,
    onLine: (line) => cx.onProgress(`toxiproxy: ${line}`),
  });
  return {
    path,
    sources: { [`go.sum of ${module}@v${toxiproxyVersion}`]: await hashFile(join(dirname(pinned), 'go.sum')) },
  };
}
