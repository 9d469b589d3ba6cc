import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleReports } from '../testing/reports.ts';
import { renderMarkdown } from './document.ts';
import { cell, code, codeBlock, inline, paragraph, table } from './escape.ts';
import { reproduce } from './reproduce.ts';

const anyText = fc.string({ unit: 'binary' });

/** Cells of a row: what stands between bars that are not escaped. */
function cells(row: string): string[] {
  return row.split(/(?<!\\)(?:\\\\)*\|/).slice(1, -1);
}

describe('text of others in Markdown', () => {
  it.each([
    ['markup', '*a* _b_ `c` [d](e) <b> ~f~', '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) &lt;b> \\~f\\~'],
    ['names as they are', 'redis-1->redis-2 min_replicas R&D 6.24 s', 'redis-1->redis-2 min_replicas R&D 6.24 s'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['a heading', '# a', '\\# a'],
    ['an item', '1. a', '1\\. a'],
    ['a number', '6.24 s', '6.24 s'],
    ['a mark', '+sdown', '+sdown'],
  ])('shows %s', (_, text, expected) => {
    expect(inline(text)).toBe(expected);
  });

  it('is one cell of a table, whatever it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const [, , row = ''] = table(['a', 'b'], [[cell(a), code(b)]]);
        expect(row).not.toContain('\n');
        expect(cells(row)).toHaveLength(2);
      }),
    );
  });

  it('cannot end a block of code', () => {
    const lines = codeBlock('```\nrm -rf\n````');
    expect(lines).toEqual(['`````', '```', 'rm -rf', '````', '`````']);
    expect(code('a `b` ``c``')).toBe('``` a `b` ``c`` ```');
  });

  it('keeps its lines', () => {
    expect(paragraph('- a\n> b\n\nc')).toBe('\\- a  \n\\> b  \n  \nc');
  });
});

describe('report.md', () => {
  it.each(Object.entries(sampleReports))('has whole tables when the report is %s', (_, report) => {
    const blocks = renderMarkdown(report)
      .split(/\n(?!\|)/)
      .filter((block) => block.startsWith('\n|') || block.includes('\n|'));
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const rows = block.split('\n').filter((line) => line.startsWith('|'));
      expect(new Set(rows.map((row) => cells(row).length)).size).toBe(1);
    }
  });
});

describe('the command that reproduces a run', () => {
  it('has the seed and the place', () => {
    expect(reproduce(sampleReports.dirty)).toBe(
      `firedrill run redis-primary-host-crash --runtime local --target staging --seed 7 --param rto=15s --set cluster.settings.sentinel.down-after-milliseconds=3000 --set 'title=Not ours'`,
    );
  });

  it('is safe to paste', () => {
    expect(reproduce({ ...sampleReports.passed, runtime: "it's" })).toContain("--runtime 'it'\\''s'");
    expect(reproduce(sampleReports.strange)).toContain(`run 'strange "drill" $(reboot)' `);
  });
});
