import { join } from 'node:path';
import type { Reporter } from '../core/kinds.ts';
import { renderMarkdown } from './markdown/document.ts';
import { writeDocument } from './write-document.ts';

/** report.md of every run: to be read as it is, and to be pasted into a ticket. */
export function createMarkdownReporter(): Reporter {
  return {
    name: 'markdown',
    onRunEnd: (report, { dir }) => writeDocument(join(dir, 'report.md'), renderMarkdown(report)),
  };
}
