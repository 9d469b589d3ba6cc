import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type CommandResult, firedrill } from '../../test/command-line.ts';
import { loadConfig } from './config.ts';
import type { Project } from './context.ts';
import { quarantineOf } from './quarantine.ts';

let project: string;
beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-quarantine-'));
  mkdirSync(join(project, 'drills'));
  for (const name of ['first', 'second']) await firedrill(['init', name], { cwd: project });
});

function configure(text: string): string {
  const folder = project;
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(project, 'firedrill.config.yaml');
  writeFileSync(file, text);
  return file;
}

const entry = (drill: string, rest = 'owner: platform, reason: flaky, expires: 2026-12-01'): string =>
  `  - { drill: ${drill}, ${rest} }\n`;

describe('the quarantine of the config', () => {
  const validate = (): Promise<CommandResult> =>
    firedrill(['validate', '--config', join(project, 'firedrill.config.yaml')]);

  it('names drills that are there', async () => {
    configure(`quarantine:\n${entry('first')}`);
    expect(await validate()).toEqual({ code: 0, stdout: '2 drills, 0 mistakes, 0 warnings\n', stderr: '' });
  });

  it.each(['validate', 'plan', 'run'])(
    'is refused by %s, with its place, where a drill is not there',
    async (command) => {
      const file = configure(`drills: drills\nquarantine:\n${entry('first')}${entry('secnod')}`);
      const { code, stderr } = await firedrill([command, 'first'], { cwd: project });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `firedrill: ${file}:4:14: there is no drill "secnod" to be in quarantine; did you mean "second"?\n`,
      });
    },
  );

  it('is refused where a drill stands twice', async () => {
    const file = configure(`quarantine:\n${entry('first')}${entry('first')}`);
    expect((await validate()).stderr).toContain(`${file}:3:14: "first" is in quarantine twice`);
  });

  it.each([
    [
      'a day that there is not',
      'owner: a, reason: b, expires: 2026-02-30',
      /:2:51: quarantine\.0\.expires: Invalid ISO date/,
    ],
    ['nobody who owns it', 'reason: b, expires: 2026-12-01', /:2:5: quarantine\.0\.owner: /],
    ['no reason', 'owner: a, reason: "", expires: 2026-12-01', /:2:39: quarantine\.0\.reason: /],
    ['no end', 'owner: a, reason: b', /:2:5: quarantine\.0\.expires: /],
  ])('is refused, with its place, for %s', async (_, rest, message) => {
    configure(`quarantine:\n${entry('first', rest)}`);
    expect(await validate()).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it('is in force until its day begins', async () => {
    const config = await loadConfig(configure(`quarantine:\n${entry('first')}`), project);
    const on = (drill: string, at: string) => quarantineOf({ config } as Project, drill, new Date(at));
    const known = { owner: 'platform', reason: 'flaky', expires: '2026-12-01' };
    expect(on('first', '2026-11-30T23:59:59.999Z')).toEqual({ ...known, inForce: true });
    expect(on('first', '2026-12-01T00:00:00Z')).toEqual({ ...known, inForce: false });
    expect(on('second', '2026-11-30T00:00:00Z')).toBeUndefined();
  });

  it('has its place in a config that is no YAML, too', async () => {
    const file = configure('drills: drills\nquarantine: [\n');
    expect((await validate()).stderr).toMatch(new RegExp(`${file}:3:1: `));
  });
});
