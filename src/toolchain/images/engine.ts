// Docker's engine and Compose as the `docker` command knows them: its context, DOCKER_HOST and the like are the user's own.
import { DrillError } from '../../core/error.ts';
import { findOnPath, lastLines, runCommand } from '../command.ts';
import type { ToolContext } from '../recipe.ts';

/** `configs` with `content` came with it. */
export const oldestCompose = '2.23.1';

export interface Engine {
  readonly version: string;
  /** `amd64`, `arm64`, … as Go says. */
  readonly arch: string;
}

/** Why there is none, as the end of a sentence. */
export interface NoAnswer {
  readonly why: string;
}

export interface FoundImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Asks the engine who it is. Resolves with the reason where none answers within 30 s. */
export async function askEngine(cx: ToolContext): Promise<Engine | NoAnswer> {
  if (findOnPath('docker', cx.env) === undefined) return { why: 'no docker on PATH' };
  const { code, stdout, output } = await docker(cx, ['version', '--format', '{{.Server.Version}} {{.Server.Arch}}']);
  const [, version, arch] = /^(\S+) (\S+)$/m.exec(stdout) ?? [];
  if (code !== 0 || version === undefined || arch === undefined) return { why: lastLines(output, 1) };
  return { version, arch };
}

/** The version of Compose, which is the plugin `docker compose`. Resolves with the reason where it is none that we can use. */
export async function askCompose(cx: ToolContext): Promise<{ readonly version: string } | NoAnswer> {
  if (findOnPath('docker', cx.env) === undefined) return { why: 'no docker on PATH' };
  const { code, stdout } = await docker(cx, ['compose', 'version', '--short']);
  const version = /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  if (code !== 0 || version === undefined) return { why: 'docker has no plugin "compose"' };
  if (version.localeCompare(oldestCompose, 'en', { numeric: true }) >= 0) return { version };
  return { why: `docker compose is version ${version}, and ${oldestCompose} or newer is needed` };
}

/** What the engine has under a name, or undefined. Throws TOOL_BROKEN where it does not say: that is not a no. */
export async function findImage(cx: ToolContext, reference: string): Promise<FoundImage | undefined> {
  const format = '{{.Id}} {{json .Config.Labels}}';
  const { code, stdout, output } = await docker(cx, ['image', 'inspect', '--format', format, reference]);
  const [, id, labels = 'null'] = /^(\S+) (.*)$/m.exec(stdout) ?? [];
  if (code !== 0 && /no such (image|object)/i.test(output)) return undefined;
  if (code !== 0 || id === undefined)
    throw new DrillError('TOOL_BROKEN', `docker image inspect failed: ${lastLines(output)}`, {
      hint: '"firedrill doctor" says whether an engine answers.',
    });
  return { id, labels: (JSON.parse(labels) as Record<string, string> | null) ?? {} };
}

/** Runs a `docker` command that has to succeed. Throws TOOL_BROKEN with what it said last. */
export async function dockerStep(cx: ToolContext, args: readonly string[], timeoutMs = 300_000): Promise<string> {
  const { code, output } = await docker(cx, args, timeoutMs);
  if (code === 0) return output;
  throw new DrillError('TOOL_BROKEN', `docker ${args.slice(0, 2).join(' ')} failed: ${lastLines(output)}`);
}

function docker(cx: ToolContext, args: readonly string[], timeoutMs = 30_000) {
  return runCommand(['docker', ...args], { env: cx.env, signal: cx.signal, timeoutMs });
}
