// What every command gets: streams, environment, and the kinds that are known.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtin, withPlugin } from '../builtin.ts';
import { asTyped } from '../core/called-as.ts';
import { DrillError } from '../core/error.ts';
import type { Registry, Reporter } from '../core/kinds.ts';
import { type Config, loadConfig, REPORTERS } from './config.ts';

export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands before a command of ours when somebody types it here. */
  readonly called: string;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** A result for people to stdout, a line each. */
export function print(cx: CommandContext, ...lines: readonly string[]): void {
  for (const line of lines) cx.stdout.write(`${asTyped(line, cx.called)}\n`);
}

/** A result for programs to stdout. */
export function printJson(cx: CommandContext, value: unknown): void {
  cx.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function progress(cx: CommandContext, line: string): void {
  cx.stderr.write(`${asTyped(line, cx.called)}\n`);
}

export interface Project {
  readonly config: Config;
  readonly registry: Registry;
  /** Of plugins, by name. */
  readonly reporters: ReadonlyMap<string, Reporter>;
  readonly drillsDir: string;
  readonly targetsDir: string;
  readonly reportsDir: string;
}

/** The config that counts here, with its plugins loaded. */
export async function openProject(configFile: string | undefined, cx: CommandContext): Promise<Project> {
  const config = await loadConfig(configFile, cx.cwd);
  let registry = builtin;
  const reporters = new Map<string, Reporter>();
  for (const plugin of config.plugins) {
    const file = resolve(config.root, plugin);
    const module = await import(pathToFileURL(file).href).catch((error: Error) => {
      throw new DrillError('USAGE', `the plugin could not be loaded: ${error.message}`, { at: file });
    });
    registry = withPlugin(registry, module, file);
    for (const reporter of reportersOf(module, file)) {
      if (REPORTERS.includes(reporter.name) || reporters.has(reporter.name))
        throw new DrillError('USAGE', `there is a reporter "${reporter.name}" already`, { at: file });
      reporters.set(reporter.name, reporter);
    }
  }
  return {
    config,
    registry,
    reporters,
    drillsDir: resolve(config.root, config.drills),
    targetsDir: resolve(config.root, config.targets),
    reportsDir: resolve(config.root, config.reports),
  };
}

function reportersOf({ reporters = [] }: Readonly<Record<string, unknown>>, file: string): readonly Reporter[] {
  if (Array.isArray(reporters) && reporters.every(isReporter)) return reporters;
  throw new DrillError('USAGE', 'its export "reporters" is not a list of reporters, each with a name', { at: file });
}

function isReporter(value: unknown): value is Reporter {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
