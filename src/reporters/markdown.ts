import { join } from 'node:path';
import { asTyped, PROGRAM } from '../core/called-as.ts';
import type { Reporter } from '../core/kinds.ts';
import { renderMarkdown } from './markdown/document.ts';
import { writeDocument } from './write-document.ts';

/**
 * report.md of every run: to be read as it is, and to be pasted into a ticket. `called`: what stands before a command of
 * ours when somebody types it here.
 */
export function createMarkdownReporter(options: { readonly called?: string } = {}): Reporter {
  const { called = PROGRAM } = options;
  return {
    name: 'markdown',
    onRunEnd: (report, { dir }) => writeDocument(join(dir, 'report.md'), asTyped(renderMarkdown(report), called)),
  };
}
