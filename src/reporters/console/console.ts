// What a tired person reads: progress on stderr while a drill runs, its result on stdout when it is over.
import { relative } from 'node:path';
import { asTyped, PROGRAM } from '../../core/called-as.ts';
import { type Exit, exitOf as exitOfReports } from '../../core/exit-code.ts';
import type { Reporter } from '../../core/kinds.ts';
import type { Report } from '../../core/report.ts';
import { oneLine, unbroken, wrap } from '../text.ts';
import { renderDrillResult } from './drill-result.ts';
import { renderInvocation } from './invocation-summary.ts';
import { createOutput, type TextStream } from './output.ts';
import { createPaint } from './paint.ts';
import { createProgress, type Progress } from './progress.ts';

export interface ConsoleOptions {
  /** The result. */
  readonly stdout: TextStream;
  /** The progress. */
  readonly stderr: TextStream;
  /** Whether progress is drawn in place. Default: stderr is a terminal that can, and this is no CI. */
  readonly isTty?: boolean;
  /** Default: as each stream, NO_COLOR and FORCE_COLOR have it. */
  readonly color?: boolean;
  /** What the invocation ends with. Default: what its reports say; the command line knows more (signals, reporters). */
  readonly exitOf?: (reports: readonly Report[]) => Exit;
  /** Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands before a command of ours when somebody types it here. */
  readonly called?: string;
}

/** Widest that a result is set: longer lines are hard to read. */
const widest = 120;
/** Where the width is not known. */
const usual = 80;

export function createConsoleReporter(options: ConsoleOptions): Reporter {
  const { stdout, stderr, exitOf = exitOfReports, env = process.env, called = PROGRAM } = options;
  const live = options.isTty ?? (stderr.isTTY === true && !isSet(env['CI']) && env['TERM'] !== 'dumb');
  const [out, err] = [createOutput(stdout), createOutput(stderr)];
  const [paintOut, paintErr] = [createPaint(stdout, options.color), createPaint(stderr, options.color)];
  const columns = (): number => stderr.columns ?? usual;
  let progress: Progress | undefined;

  async function show(lines: (width: number) => readonly string[]): Promise<void> {
    progress?.[Symbol.dispose]();
    progress = undefined;
    out.write(`${lines(Math.min(stdout.columns ?? usual, widest)).join('\n')}\n`);
    await out.written();
  }

  return {
    name: 'console',
    onRunStart({ index, of, drill, title }) {
      progress?.[Symbol.dispose]();
      const head = `[${index + 1}/${of}] ${oneLine(drill)}`;
      const lines = wrap(`${unbroken(head)}: ${oneLine(title)}`, live ? columns() : Number.POSITIVE_INFINITY);
      err.write(`\n${lines.join('\n').replace(head, (text) => paintErr('bold', text))}\n`);
      progress = createProgress({ write: err.write, live, columns, paint: paintErr, called });
    },
    onEvent: (event) => progress?.event(event),
    onProgress(line) {
      if (progress === undefined) err.write(`${asTyped(oneLine(line), called)}\n`);
      else progress.line(oneLine(line));
    },
    onRunEnd: (report, { dir }) =>
      show((width) => renderDrillResult(report, displayPath(dir), { paint: paintOut, width, called })),
    onInvocationEnd: (reports, info) =>
      show((width) => {
        const ending = { info, exit: exitOf(reports), dir: displayPath(info.dir) };
        return renderInvocation(reports, ending, { paint: paintOut, width, called });
      }),
  };
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== '0' && variable !== 'false';
}

/** As it can be typed from here. */
function displayPath(dir: string): string {
  const path = relative(process.cwd(), dir);
  return `${path.startsWith('..') ? dir : path}/`;
}
