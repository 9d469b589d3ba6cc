import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtin } from '../builtin.ts';
import type { Runtime } from '../core/kinds.ts';
import { loadDrill } from '../drill/load.ts';
import { chooseRuntime } from './choose-runtime.ts';
import type { Project } from './context.ts';

const drillFile = join(import.meta.dirname, '../../drills/redis-primary-kill.drill.yaml');

/** Chosen where containers can be had unless there is a reason against them, and what was told of it. */
async function choose({ why, named, config = 'auto' }: { why?: string; named?: string; config?: string }) {
  const docker = builtin.runtimes.get('docker') as Runtime;
  const asked: string[][] = [];
  const whyNot: Runtime['whyNot'] = (_, nodes) => {
    asked.push([...new Set(nodes.map(({ program }) => program.tool))]);
    return Promise.resolve(why);
  };
  const runtimes = new Map(builtin.runtimes).set('docker', { ...docker, whyNot });
  const registry = { ...builtin, runtimes };
  const project = { config: { runtime: config }, registry } as unknown as Project;
  const stderr = new PassThrough();
  const cx = { cwd: '.', env: {}, called: 'firedrill', stdout: new PassThrough(), stderr };
  const drills = [await loadDrill(drillFile, { registry })];
  const { kind } = await chooseRuntime(project, named, drills, cx).finally(() => stderr.end());
  return { kind, asked, told: await text(stderr) };
}

// Warm clusters of whoever runs the tests are not the tests'.
beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', '/nonexistent');
});
afterEach(() => vi.unstubAllEnvs());

describe('where the cluster lives when nobody says', () => {
  it('is in containers where they can be had for the nodes of the drills', async () => {
    const { kind, asked, told } = await choose({});
    expect({ kind, asked }).toEqual({ kind: 'docker', asked: [['redis-server']] });
    expect(told).toBe('Runtime docker: an engine answers, and its images can be had. --runtime names another.\n');
  });

  it('is on this machine where they cannot, and says why', async () => {
    const { kind, told } = await choose({ why: 'no container engine: no docker on PATH' });
    expect(kind).toBe('local');
    expect(told).toBe('Runtime local: not docker (no container engine: no docker on PATH). --runtime names another.\n');
  });

  it.each([{ named: 'local' }, { config: 'local' }, { named: 'docker', config: 'local' }])(
    'is where %o says, and nothing is asked or told',
    async (said) => {
      expect(await choose({ ...said, why: 'no' })).toEqual({ kind: said.named ?? said.config, asked: [], told: '' });
    },
  );

  it('is not guessed from a name that there is not', async () => {
    await expect(choose({ named: 'dokcer' })).rejects.toMatchObject({ code: 'USAGE', hint: 'Did you mean docker?' });
  });
});
