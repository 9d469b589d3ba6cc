// The results for programs: result.json of every run (schema/result.schema.json), summary.json of the invocation.
import { join } from 'node:path';
import { type Exit, exitOf } from '../core/exit-code.ts';
import type { Reporter } from '../core/kinds.ts';
import type { Report } from '../core/report.ts';
import { summarize } from './summary.ts';
import { roundMs } from './words.ts';
import { writeDocument } from './write-document.ts';

export interface JsonOptions {
  /** What the invocation ends with; see ConsoleOptions. */
  readonly exitOf?: (reports: readonly Report[]) => Exit;
}

export function createJsonReporter(options: JsonOptions = {}): Reporter {
  return {
    name: 'json',
    onRunEnd: (report, { dir }) => writeDocument(join(dir, 'result.json'), renderJson(report)),
    onInvocationEnd(reports, info) {
      const exit = (options.exitOf ?? exitOf)(reports);
      return writeDocument(join(info.dir, 'summary.json'), renderJson(summarize(reports, info, exit)));
    },
  };
}

/** What is not known is left out: a key without a value would have to be read as something. */
function renderJson(document: object): string {
  const tidy = (_key: string, value: unknown): unknown => (typeof value === 'number' ? roundMs(value) : value);
  return `${JSON.stringify(document, tidy, 2)}\n`;
}
