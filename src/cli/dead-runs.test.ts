import { describe, expect, it } from 'vitest';
import type { ClusterHandle } from '../core/cluster.ts';
import { type Here, leavesAttached } from './dead-runs.ts';

const handle: ClusterHandle = {
  v: 1,
  runtime: 'attach',
  runId: 'run-1',
  spec: { runId: 'run-1', nodes: [], links: [], files: {}, clientHosts: [] },
  state: { target: 'staging' },
};
const left = { runId: 'run-1', handle, reportDir: '/ours/reports/run-1', open: 1 };
const here: Here = { target: 'staging', reportsDir: '/ours/reports' };

function asked(run: Partial<typeof left>, from: Partial<Here> = {}): readonly [boolean, readonly string[]] {
  const told: string[] = [];
  const isLeft = leavesAttached({ ...here, ...from }, (line) => told.push(line))({ ...left, ...run });
  return [isLeft, told];
}

describe('what a dead run left', () => {
  it("is undone on the way on the command's own target, which is said before anybody is waited for", () => {
    expect(asked({})).toEqual([false, ['Undoing what run run-1 left on staging …']]);
    const { reportDir: _, ...unknown } = left;
    expect(leavesAttached(here, () => undefined)({ ...unknown, reportDir: undefined })).toBe(false);
  });

  it.each([
    ['another target', {}, { target: 'other' }],
    ['no target', {}, { target: undefined }],
    ['a target of that name in another project', { reportDir: '/theirs/reports/run-1' }, {}],
  ])('is named and left alone from %s', (_, run, from) => {
    const line = 'Run run-1 on staging left something to be undone: firedrill rollback run-1';
    expect(asked(run, from)).toEqual([true, [line]]);
  });

  it('is forgotten where it is nothing, and taken down where the cluster is ours', () => {
    expect(asked({ open: 0 }, { target: undefined })).toEqual([false, []]);
    expect(asked({ handle: { ...handle, runtime: 'local' } }, { target: undefined })).toEqual([false, []]);
  });
});
