import { describe, expect, it } from 'vitest';
import { createCleanupStack } from './cleanup-stack.ts';

describe('a cleanup stack', () => {
  it('undoes the last first, each once', async () => {
    const done: string[] = [];
    const stack = createCleanupStack();
    for (const what of ['a', 'b', 'c']) stack.push({ what, deadlineMs: 1000, run: async () => done.push(what) });
    expect(await stack.unwind()).toEqual([]);
    expect(await stack.unwind()).toEqual([]);
    expect(done).toEqual(['c', 'b', 'a']);
  });

  it('goes on past one that fails and one that hangs, and tells of both', async () => {
    const done: string[] = [];
    const stack = createCleanupStack();
    stack.push({ what: 'first', deadlineMs: 1000, run: async () => done.push('first') });
    stack.push({ what: 'hangs', deadlineMs: 20, run: () => new Promise(() => undefined) });
    stack.push({ what: 'fails', deadlineMs: 1000, run: () => Promise.reject(new Error('no way')) });
    const failures = await stack.unwind();
    expect(done).toEqual(['first']);
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      ['UNDO_FAILED', 'fails: no way'],
      ['UNDO_FAILED', 'hangs: not done after 20 ms'],
    ]);
  });
});
