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

export interface ReporterChoice extends Pick<RunOptions, 'reporter' | 'json'> {
  /** Tells people instead of the console reporter, whatever is chosen. */
  readonly console?: Reporter | undefined;
}

export function createReporters(choice: ReporterChoice, project: Project, cx: CommandContext): Reporters {
  const names =
    choice.reporter.length > 0 ? choice.reporter.flatMap((list) => list.split(',')) : project.config.reporters;
  const silent = choice.json === true || choice.console !== undefined;
  const wanted = silent ? names.filter((name) => name !== 'console') : names;
  const multiplexer = createMultiplexer(
    [...(choice.console === undefined ? [] : [choice.console]), ...wanted.map((name) => createReporter(name, cx))],
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
