import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';

let project: string;
let config: readonly string[];
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-folder-'));
  writeFileSync(join(project, 'firedrill.config.yaml'), '');
  config = ['--config', join(project, 'firedrill.config.yaml')];
});
afterEach(() => rmSync(project, { recursive: true }));

describe('the folder for results', () => {
  it('says which folder cannot be written to, and starts nothing', async () => {
    await firedrill(['init', 'a'], { cwd: project });
    writeFileSync(join(project, 'reports'), 'a file');
    const { code, stdout, stderr } = await firedrill(['run', 'a', ...config]);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(`${join(project, 'reports')}/`);
    expect(stderr).toContain('no folder for results can be made');
    expect(stderr).toContain('"reports" in firedrill.config.yaml');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['--seed', 'x'],
    ['--reporter', 'nobody'],
  ])('leaves no folder behind for a wrong %s', async (option, value) => {
    await firedrill(['init', 'a'], { cwd: project });
    const { code } = await firedrill(['run', 'a', ...config, option, value]);
    expect(code).toBe(2);
    expect(readdirSync(project).sort()).toEqual(['drills', 'firedrill.config.yaml']);
  });
});
