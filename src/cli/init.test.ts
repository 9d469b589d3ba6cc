import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';
import { loadConfig } from './config.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'firedrill-init-'));
});
afterEach(() => rmSync(project, { recursive: true }));

const config = (): string => join(project, 'firedrill.config.yaml');

describe('init', () => {
  it('writes a drill that has neither mistakes nor warnings, and says what to do next', async () => {
    const { code, stdout } = await firedrill(['init', 'sessions'], { cwd: project });
    expect(code).toBe(0);
    expect(stdout).toContain('Wrote drills/sessions.drill.yaml\nWrote firedrill.config.yaml\n');
    expect(stdout).toMatch(/ firedrill plan sessions +what it would do/);
    expect(await firedrill(['validate', '--config', config()])).toEqual({
      code: 0,
      stdout: '1 drill, 0 mistakes, 0 warnings\n',
      stderr: '',
    });
  });

  it('writes a drill that can be planned and proved', async () => {
    await firedrill(['init'], { cwd: project });
    const { code, stdout } = await firedrill(['plan', 'my-first', '--config', config(), '--json']);
    const [plan] = JSON.parse(stdout) as { drill: { name: string }; steps: { fault: { touches: string[] } }[] }[];
    expect({ code, name: plan?.drill.name, touches: plan?.steps[0]?.fault.touches }).toEqual({
      code: 0,
      name: 'my-first',
      touches: ['redis-1'],
    });
    const listed = await firedrill(['list', '--config', config(), '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'my-first', proven: true }]);
  });

  it.each([['kafka-first'], ['first', '--service', 'kafka']])(
    'writes a drill of Kafka for init %s %s %s',
    async (...argv) => {
      await firedrill(['init', ...argv], { cwd: project });
      expect(await firedrill(['validate', '--config', config()])).toEqual({
        code: 0,
        stdout: '1 drill, 0 mistakes, 0 warnings\n',
        stderr: '',
      });
      const listed = await firedrill(['list', '--config', config(), '--json']);
      expect(JSON.parse(listed.stdout)).toMatchObject([{ name: argv[0], tags: ['kafka'], proven: true }]);
    },
  );

  it('knows which services there is a drill of', async () => {
    expect(await firedrill(['init', 'first', '--service', 'kafak'], { cwd: project })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean kafka?'),
    });
  });

  it('writes a config that says every key, each at its default, with what it is for', async () => {
    await firedrill(['init'], { cwd: project });
    const { root: _, file, at: _at, ...written } = await loadConfig(config(), project);
    const { root: __, file: none, at: __at, ...defaults } = await loadConfig(undefined, tmpdir());
    expect(none).toBeUndefined();
    expect(file).toBe(config());
    expect(written).toEqual(defaults);
    const lines = readFileSync(config(), 'utf8').split('\n');
    for (const key of Object.keys(defaults)) {
      const at = lines.findIndex((line) => line.startsWith(`${key}:`));
      expect(`${key}, after: ${lines[at - 1]}`).toMatch(/, after: # \w/);
    }
  });

  it('overwrites nothing', async () => {
    mkdirSync(join(project, 'drills'));
    writeFileSync(join(project, 'drills/mine.drill.yaml'), 'mine');
    const { code, stdout, stderr } = await firedrill(['init', 'mine.drill.yaml'], { cwd: project });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('drills/mine.drill.yaml is there already, and nothing was written');
    expect(readFileSync(join(project, 'drills/mine.drill.yaml'), 'utf8')).toBe('mine');
    expect(() => readFileSync(config())).toThrow('ENOENT');
  });

  it('writes where the config has its drills, and leaves that as it is', async () => {
    writeFileSync(config(), 'drills: chaos\n');
    mkdirSync(join(project, 'below'));
    const { code, stdout } = await firedrill(['init', 'a'], { cwd: join(project, 'below') });
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Wrote ..\/chaos\/a.drill.yaml\n\n/),
    });
    expect(readFileSync(config(), 'utf8')).toBe('drills: chaos\n');
  });

  it.each(['../x', '', '.hidden', 'a b'])('refuses the name "%s"', async (name) => {
    const { code, stderr } = await firedrill(['init', name], { cwd: project });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be the name of a drill'),
    });
  });
});
