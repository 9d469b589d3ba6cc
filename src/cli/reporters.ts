// Which reporters tell of an invocation.

import { DrillError } from '../core/error.ts';
import { type Exit, exitOf } from '../core/exit-code.ts';
import type { Reporter } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { suggest } from '../drill/suggest.ts';
import { createConsoleReporter } from '../reporters/console/console.ts';
import { createHistoryReporter } from '../reporters/history.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createJunitReporter } from '../reporters/junit.ts';
import { createMarkdownReporter } from '../reporters/markdown.ts';
import { createMultiplexer } from '../reporters/multiplexer.ts';
import { REPORTERS } from './config.ts';
import { type CommandContext, type Project, progress } from './context.ts';
import type { RunOptions } from './run-options.ts';

export interface Reporters {
  readonly reporter: Reporter;
  /** How many hooks threw. */
  failures(): number;
  /** What the invocation ends with. */
  exit(reports: readonly Report[]): Exit;
  /** What the tool itself is doing, for people: to the console reporter, which may be drawing. */
  tell(line: string): void;
}

export interface ReporterChoice extends Pick<RunOptions, 'reporter' | 'json'> {
  /** Tells people instead of the console reporter, whatever is chosen. */
  readonly console?: Reporter | undefined;
  /** Not these, whatever is chosen. */
  readonly without?: readonly string[] | undefined;
  /** What the invocation ends with where that is not what its runs end with. */
  exit?(ofRuns: Exit, toolBroke: boolean): Exit;
  /** What has interrupted the invocation, once something has. */
  signal(): 'SIGINT' | 'SIGTERM' | undefined;
}

/** The console comes last: it says how all of it ended, and whether another one failed. */
export function createReporters(choice: ReporterChoice, project: Project, cx: CommandContext): Reporters {
  const names = reporterNames(choice, project).filter((name) => choice.without?.includes(name) !== true);
  const exit = (reports: readonly Report[]): Exit => {
    const toolBroke = multiplexer.failures().length > 0;
    const ofRuns = exitOf(reports, { signal: choice.signal(), toolBroke });
    return choice.exit?.(ofRuns, toolBroke) ?? ofRuns;
  };
  const others = names.filter((name) => name !== 'console').map((name) => createReporter(name, { exit, project, cx }));
  const own =
    choice.console ??
    createConsoleReporter({ stdout: cx.stdout, stderr: cx.stderr, env: cx.env, called: cx.called, exitOf: exit });
  const silent = choice.json === true || (choice.console === undefined && !names.includes('console'));
  const multiplexer = createMultiplexer(silent ? others : [...others, own], (line) => progress(cx, line));
  return {
    reporter: multiplexer,
    failures: () => multiplexer.failures().length,
    exit,
    tell: (line) => (silent ? progress(cx, line) : multiplexer.onProgress(line)),
  };
}

/** Those that the command line asks for, or else the config. */
export function reporterNames({ reporter }: Pick<RunOptions, 'reporter'>, { config }: Project): readonly string[] {
  return reporter.length > 0 ? reporter.flatMap((list) => list.split(',')) : config.reporters;
}

interface Making {
  readonly exit: (reports: readonly Report[]) => Exit;
  readonly project: Project;
  readonly cx: CommandContext;
}

function createReporter(name: string, { exit, project, cx }: Making): Reporter {
  switch (name) {
    case 'json':
      return createJsonReporter({ exitOf: exit });
    case 'markdown':
      return createMarkdownReporter({ called: cx.called });
    case 'junit':
      return createJunitReporter();
    case 'history':
      return createHistoryReporter();
    default:
      return pluginReporter(name, project);
  }
}

function pluginReporter(name: string, { reporters }: Project): Reporter {
  const found = reporters.get(name);
  if (found !== undefined) return found;
  const known = [...REPORTERS, ...reporters.keys()];
  throw new DrillError('USAGE', `there is no reporter "${name}"`, {
    hint: suggest(name, known) ?? `Known: ${known.join(', ')}`,
  });
}
