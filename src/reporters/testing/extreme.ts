// What nobody means to write and somebody will: markup, control characters, huge numbers, nothing at all.
import type { Report } from '../../core/report.ts';
import { failed } from './completed.ts';
import { inconclusive } from './cut-short.ts';
import { finding, passed, reads, writes } from './passed.ts';

export const strange: Report = {
  ...failed,
  runId: 'run-ünïcödé',
  sabotage: 'Sentinels | that ]]> wait <a> "minute" & more',
  drill: {
    ...passed.drill,
    name: 'strange "drill" $(reboot)',
    title: '主节点 👩‍💻 \u001b[31mred\u001b[0m \u202egnp.exe | a_b *c* `d` <script>alert(1)</script> ]]> \ud800',
    onFailure: '# not a heading\n1. not a list\n<b>not bold</b>\n| not | a table |',
    owner: 'Ünal & Söhne',
  },
  problems: [
    {
      code: 'INTERNAL',
      message:
        "TypeError: Cannot read properties of undefined (reading 'x')\n    at run (src/x.ts:1:1)\n    at loop (src/y.ts:2:2)\r\n\u0000\u0007",
      at: 'a|b',
      hint: 'a\nb',
    },
  ],
  assertions: [
    finding('名前 | ]]> \u0000\u0008\u007f', 41, {
      verdict: 'failed',
      expected: 'a_very_long_word_without_any_space_that_no_column_of_a_table_can_hold_in_one_line_at_all',
      actual: '👨‍👩‍👧‍👦 \ufffe \udfff \t tab\nand a new line',
      because: 'x'.repeat(200),
    }),
  ],
  measured: {
    'a|b\n': { ...writes, errors: { 'ERR <x> | y': 1, '': 2 }, units: [] },
    __proto__x: { ...reads },
  },
  differences: [],
  moved: ['\u001b[2J'],
  offsets: { before: null, after: ['a', { b: '|' }] },
};

export const huge: Report = {
  ...passed,
  runId: 'huge',
  seed: Number.MAX_SAFE_INTEGER,
  durationMs: 1e15,
  measured: {
    writes: {
      ...writes,
      ok: Number.MAX_SAFE_INTEGER,
      failed: Number.MAX_SAFE_INTEGER,
      lostWrites: 5_000_000,
      lostWindowMs: 86_400_000,
      recoveryTimeMs: { low: 6243.1, high: 6243.9 },
      p99Ms: 0.001,
      maxMs: 1e300,
    },
    quiet: {
      ...writes,
      recoveryTimeMs: { low: 0, high: 12_000 },
      p50Ms: undefined,
      p99Ms: undefined,
      maxMs: undefined,
      errors: {},
      lostWrites: undefined,
    },
  },
  phases: Array.from({ length: 40 }, (_, at) => ({ name: `phase-${at}`, atMs: 9000 + at * 1e6, detail: '' })),
};

export const empty: Report = {
  ...inconclusive,
  runId: 'empty',
  drill: {
    ...passed.drill,
    name: 'empty',
    title: '',
    owner: undefined,
    onFailure: undefined,
    tags: [],
    proves: [],
    proven: false,
  },
  dryRun: true,
  durationMs: 0,
  problems: [],
  assertions: [],
  versions: {},
  host: {},
};
