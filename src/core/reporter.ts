// Who tells what happens.
import type { JournalEvent } from './journal.ts';
import type { Report } from './report.ts';

/** All hooks are optional. One that throws is reported, fails the run with code 6, and never stops it. */
export interface Reporter {
  readonly name: string;
  onInvocationStart?(info: InvocationInfo): void | Promise<void>;
  onRunStart?(info: RunInfo): void | Promise<void>;
  onEvent?(event: JournalEvent): void;
  /** What the tool itself is doing (a cluster is started, Ctrl-C was heard): for people, and no event of the run. */
  onProgress?(line: string): void;
  onRunEnd?(report: Report, info: RunInfo): void | Promise<void>;
  onInvocationEnd?(reports: readonly Report[], info: InvocationInfo): void | Promise<void>;
}
export interface InvocationInfo {
  readonly suiteId: string;
  readonly dir: string;
  readonly drills: number;
}
export interface RunInfo {
  readonly runId: string;
  readonly index: number;
  readonly of: number;
  readonly title: string;
  readonly drill: string;
  /** `reports/<run-id>`. */
  readonly dir: string;
}
