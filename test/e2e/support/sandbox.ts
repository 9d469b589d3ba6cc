// A project of its own in a temporary directory, in which the real command line runs as a child process. Its state, its
// reports and every directory that it makes lie in there, so that whatever is left can be seen.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stateDirectory } from '../../../src/core/state-dir.ts';
import { temporaryDirectory } from '../../../src/core/temporary-directory.ts';
import { provision } from '../../../src/toolchain/provision.ts';
import { endInEngine } from './engine.ts';
import { type Firedrill, type StartOptions, startFiredrill } from './firedrill.ts';
import { endStrays } from './leftovers.ts';

export const REPO = resolve(import.meta.dirname, '../../..');

export interface Sandbox extends AsyncDisposable {
  readonly dir: string;
  /** `$XDG_STATE_HOME/firedrill`. */
  readonly state: string;
  readonly reports: string;
  /** Its runs live in containers. */
  readonly contained: boolean;
  /** What temporary directories of runs are made in. */
  readonly tmp: string;
  /** Writes `drills/<name>.drill.yaml`, and returns the name. JSON is YAML. */
  addDrill(name: string, drill: object): string;
  /** Runs that were started here and said so. */
  runIds(): readonly string[];
  /** Done when it is disposed, before anything else. */
  defer(cleanUp: () => void): void;
  start(argv: readonly string[], options?: Omit<StartOptions, 'cwd'>): Firedrill;
  /** Starts it and waits for its end. */
  run(argv: readonly string[], options?: Omit<StartOptions, 'cwd'>): Promise<Ended>;
}

export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const RUN_ID = /\b\d{8}-\d{6}-[\w-]+-[0-9a-f]{4}\b/g;

/** With the shipped drills in it, on `local` where nobody says otherwise. Disposing it ends what is still alive. */
export async function createSandbox(
  config: { readonly runtime?: string; readonly [key: string]: unknown } = {},
): Promise<Sandbox> {
  // Beforehand: setting the toolchain up is not what is measured here.
  await provision({ tools: ['redis-server', 'toxiproxy'] });
  const dir = mkdtempSync(join(temporaryDirectory(), 'firedrill-e2e-'));
  const [state, reports, tmp] = ['state/firedrill', 'reports', 'tmp'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(tmp);
  mkdirSync(state, { recursive: true });
  // All sandboxes of this machine share its loopback addresses, so they share who has which.
  const leases = join(stateDirectory(), 'leases');
  mkdirSync(leases, { recursive: true });
  symlinkSync(leases, join(state, 'leases'));
  cpSync(join(REPO, 'drills'), join(dir, 'drills'), { recursive: true });
  writeFileSync(join(dir, 'firedrill.config.yaml'), JSON.stringify({ runtime: 'local', ...config }));
  const started: Firedrill[] = [];
  const deferred: (() => void)[] = [];
  const start: Sandbox['start'] = (argv, options = {}) => {
    const env = { XDG_STATE_HOME: join(dir, 'state'), TMPDIR: tmp, ...options.env };
    const one = startFiredrill(argv, { ...options, cwd: dir, env });
    started.push(one);
    return one;
  };
  const contained = config.runtime === 'docker';
  const runIds = (): readonly string[] => [
    ...new Set([
      ...(existsSync(reports) ? readdirSync(reports) : []),
      ...started.flatMap((one) => one.stderr().match(RUN_ID) ?? []),
    ]),
  ];
  return {
    dir,
    contained,
    state,
    reports,
    tmp,
    start,
    addDrill: (name, drill) => {
      writeFileSync(join(dir, 'drills', `${name}.drill.yaml`), JSON.stringify(drill, undefined, 2));
      return name;
    },
    defer: (cleanUp) => void deferred.push(cleanUp),
    runIds,
    run: async (argv, options) => {
      const one = start(argv, options);
      const code = await one.ended;
      return { code, stdout: one.stdout(), stderr: one.stderr() };
    },
    [Symbol.asyncDispose]: async () => {
      for (const cleanUp of deferred) cleanUp();
      for (const one of started) one.kill('SIGKILL');
      await Promise.all(started.map((one) => one.ended));
      await endStrays(dir);
      if (contained) runIds().forEach(endInEngine);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
