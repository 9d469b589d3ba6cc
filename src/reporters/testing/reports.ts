// Reports of every sort, for the tests of what reads reports.
import type { Report } from '../../core/report.ts';
import { dirty, failed } from './completed.ts';
import { aborted, inconclusive, interrupted, removed, rolledBack, undoneByOthers } from './cut-short.ts';
import { empty, huge, strange } from './extreme.ts';
import { passed } from './passed.ts';
import { quiet, watched } from './watched.ts';

/** By what is special about them. */
export const sampleReports = {
  passed,
  failed,
  inconclusive,
  undoneByOthers,
  removed,
  rolledBack,
  aborted,
  interrupted,
  dirty,
  strange,
  huge,
  empty,
  watched,
  quiet,
} satisfies Record<string, Report>;
