import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasEnded } from './ended.ts';

it('knows a run that came to its end from one whose process died, also after a rollback of it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-ended-'));
  const record = (...types: readonly string[]): Promise<void> =>
    writeFile(join(dir, 'events.ndjson'), types.map((type) => `${JSON.stringify({ type, atMs: 1 })}\n`).join(''));
  try {
    expect(await hasEnded(dir)).toBe(false);
    await record('run', 'problem', 'end', 'rolledBack');
    expect(await hasEnded(dir)).toBe(true);
    await record('run', 'rolledBack');
    expect(await hasEnded(dir)).toBe(false);
  } finally {
    await rm(dir, { recursive: true });
  }
});
