import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importsOf, violations } from './architecture.ts';

const sources = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'));

describe('the layout', () => {
  it('finds the sources', () => {
    expect(sources).toContain('src/core/error.ts');
  });

  it('is kept by every file of src', () => {
    expect(sources.flatMap((file) => violations(file, readFileSync(file, 'utf8')))).toEqual([]);
  });
});

describe('a planted violation is reported', () => {
  const planted: [title: string, file: string, text: string, expected: string][] = [
    [
      'core importing ours',
      'src/core/a.ts',
      "import { x } from '../drill/load.ts';",
      'core must not import drill (../drill/load.ts)',
    ],
    [
      'a type counts too',
      'src/engine/a.ts',
      "import type { X } from '../faults/process-kill.ts';",
      'engine must not import faults (../faults/process-kill.ts)',
    ],
    [
      'a re-export',
      'src/judge/a.ts',
      "export * from '../engine/run.ts';",
      'judge must not import engine (../engine/run.ts)',
    ],
    [
      'import()',
      'src/reporters/a.ts',
      "const m = await import('../measure/outages.ts');",
      'reporters must not import measure (../measure/outages.ts)',
    ],
    [
      'a worker',
      'src/workloads/a.ts',
      "new Worker(new URL('../engine/w.ts', import.meta.url))",
      'workloads must not import engine (../engine/w.ts)',
    ],
    ['ioredis', 'src/probes/a.ts', "import { Redis } from 'ioredis';", 'only src/clients/ may import ioredis'],
    [
      'Toxiproxy',
      'src/runtimes/local/a.ts',
      "import { Toxiproxy } from 'toxiproxy-node-client';",
      'only src/runtimes/links/ may import toxiproxy-node-client',
    ],
    [
      'I/O in what is pure',
      'src/measure/a.ts',
      "import { readFile } from 'node:fs/promises';",
      'measure is pure and must not import node:fs/promises',
    ],
    ['tests from src', 'src/cli/a.ts', "import { x } from '../../test/x.ts';", '../../test/x.ts is outside of src'],
    ['no extension', 'src/cli/a.ts', "import { x } from './x.js';", './x.js needs its .ts extension'],
    ['default export', 'src/cli/a.ts', 'export default 1;', 'default export'],
    [
      'a kind in the engine',
      'src/engine/a.ts',
      "if (step.kind === 'process.kill') {}",
      'the engine must not name a kind',
    ],
  ];

  it.each(planted)('%s', (_, file, text, expected) => {
    expect(violations(file, text)).toEqual([`${file}:1 ${expected}`]);
  });

  it('a file that is too long', () => {
    expect(violations('src/core/a.ts', 'x\n'.repeat(301))).toEqual([
      'src/core/a.ts:301 has 301 lines, at most 300: it is two ideas',
    ]);
  });

  it('a folder that the layout does not know', () => {
    expect(violations('src/utils/a.ts', '')).toEqual([
      'src/utils/a.ts:1 utils has no place in the layout: add it to test/architecture.ts',
    ]);
  });
});

describe('what is allowed is not reported', () => {
  it('imports along the arrows, across lines, and words in comments', () => {
    const text = [
      '/**',
      " * import { x } from '../engine/x.ts' is what nobody may do.",
      ' */',
      'import {',
      '  a,',
      '  b,',
      "} from '../core/a.ts';",
      "import { Redis } from 'ioredis';",
      "import './b.ts';",
    ].join('\n');
    expect(violations('src/clients/a.ts', text)).toEqual([]);
    expect(importsOf(text)).toEqual([
      { from: '../core/a.ts', line: 4 },
      { from: 'ioredis', line: 8 },
      { from: './b.ts', line: 9 },
    ]);
  });
});
