import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly 'timeout-minutes'?: number }>>;
}
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const files = globSync('.github/workflows/*.yml');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> };

function read(file: string): { readonly text: string; readonly workflow: Workflow; readonly steps: readonly Step[] } {
  const text = readFileSync(file, 'utf8');
  const workflow = parse(text) as Workflow;
  return { text, workflow, steps: Object.values(workflow.jobs).flatMap((job) => job.steps) };
}

describe.each(files)('%s', (file) => {
  it('may read the repository and nothing else, and ends by itself', () => {
    const { workflow, steps } = read(file);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.values(workflow.jobs).filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
  });

  it('names actions by commit, with their version beside', () => {
    const uses = [...read(file).text.matchAll(/uses: (.*)/g)].map(([, action]) => action ?? '');
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it('runs scripts that there are', () => {
    const named = read(file).steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/npm run (\S+)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => scripts[name ?? ''] === undefined)).toEqual([]);
  });
});

describe('the nightly workflow', () => {
  const { steps } = read('.github/workflows/nightly.yml');
  const index = (matches: (step: Step) => boolean): number => steps.findIndex(matches);

  it('takes the history before the drills and keeps it after them, also after a red night', () => {
    const drills = index(({ run }) => run === 'npm run nightly');
    const restore = index(({ uses }) => uses?.startsWith('actions/cache/restore@') === true);
    const save = index(({ uses }) => uses?.startsWith('actions/cache/save@') === true);
    expect(restore).toBeGreaterThan(-1);
    expect([restore < drills, drills < save]).toEqual([true, true]);
    expect(steps[save]?.if).toBe('always()');
    const { path, key } = steps[restore]?.with ?? {};
    expect(steps[save]?.with).toEqual({ path, key });
    expect(path).toBe('reports/history.ndjson');
    // What was restored by a prefix has to be saved under another key, or nothing is saved.
    expect([key, steps[restore]?.with?.['restore-keys']]).toEqual([
      expect.stringMatching(/^firedrill-history-.*run_id.*run_attempt/),
      'firedrill-history-',
    ]);
  });

  it('keeps the reports whatever came of it', () => {
    const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(upload?.if).toBe('always()');
    expect(upload?.with?.['path']).toContain('reports\n');
  });
});
