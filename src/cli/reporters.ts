// Which reporters tell of an invocation.

import { DrillError } from '../core/error.ts';
import type { Reporter } from '../core/kinds.ts';
import { createConsoleReporter } from '../reporters/console/console.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createJunitReporter } from '../reporters/junit.ts';
import { createMarkdownReporter } from '../reporters/markdown.ts';
import { createMultiplexer } from '../reporters/multiplexer.ts';
import { type CommandContext, type Project, progress } from './context.ts';
import type { RunOptions } from './invocation.ts';

export interface Reporters {
  readonly reporter: Reporter;
  /** How many hooks threw. */
  failures(): number;
}

export function createReporters(
  options: Pick<RunOptions, 'reporter' | 'json'>,
  project: Project,
  cx: CommandContext,
): Reporters {
  const names =
    options.reporter.length > 0 ? options.reporter.flatMap((list) => list.split(',')) : project.config.reporters;
  const wanted = options.json === true ? names.filter((name) => name !== 'console') : names;
  const multiplexer = createMultiplexer(
    wanted.map((name) => createReporter(name, cx)),
    (name, error) =>
      progress(cx, `The reporter ${name} failed: ${error instanceof Error ? error.message : String(error)}`),
  );
  return { reporter: multiplexer, failures: () => multiplexer.failures().length };
}

function createReporter(name: string, cx: CommandContext): Reporter {
  switch (name) {
    case 'console':
      return createConsoleReporter({ stdout: cx.stdout, stderr: cx.stderr, env: cx.env });
    case 'json':
      return createJsonReporter();
    case 'markdown':
      return createMarkdownReporter();
    case 'junit':
      return createJunitReporter();
    default:
      throw new DrillError('USAGE', `there is no reporter "${name}"`, {
        hint: 'Known: console, json, markdown, junit',
      });
  }
}
