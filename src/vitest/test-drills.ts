import { onTestFinished, test } from 'vitest';
import { type CommandOptions, type Ended, startCommand } from './command.ts';
import { outcomeOf, readReports } from './outcome.ts';

export interface DrillTestOptions {
  /** Drills with one of these tags. Default: `nightly`. */
  readonly tag?: string | readonly string[];
  /** These drills and no others, by name; `tag` is not looked at then. */
  readonly drills?: readonly string[];
  /** Where firedrill runs: the folder of firedrill.config.yaml, or one below it. Default: where the tests run. */
  readonly cwd?: string;
  /** Where the cluster lives. Default: what the config says. */
  readonly runtime?: string;
  /** Over the drills' own `params`: name → value as text. */
  readonly params?: Readonly<Record<string, string>>;
  /** `path=value`, over anything in the drills. */
  readonly set?: readonly string[];
  /** How often a drill that proved nothing is run again, at most. Default: 0. */
  readonly retryInconclusive?: number;
  /** How long one run may take. Default: 15 minutes. */
  readonly timeoutMs?: number;
  /** The Node that runs the drills, 24 or newer. Default: the one that runs the tests. */
  readonly node?: string;
}

const TIMEOUT_MS = 15 * 60_000;
/** For how long the next test waits until a run that was cut short has rolled back. */
const ROLLBACK_WITHIN_MS = 5 * 60_000;

/**
 * Declares a test for each drill, named after it; to be awaited at the top of a test file. A test passes where the drill
 * passed. A missed objective fails it with the findings as the text, and so does a drill that proved nothing: none is ever
 * skipped. Each runs in a process of its own, one after the other; when the tests are interrupted, it rolls back. Throws
 * when no drill is meant.
 */
export async function testDrills(options: DrillTestOptions = {}): Promise<void> {
  const { names, complaint } = await findDrills(options);
  if (complaint !== undefined) {
    test('every drill loads', () => {
      throw new Error(complaint);
    });
  }
  const timeout = (options.timeoutMs ?? TIMEOUT_MS) * (1 + (options.retryInconclusive ?? 0));
  for (const name of names) {
    test(name, { timeout, concurrent: false, retry: 0 }, ({ signal }) => runDrill(name, options, signal));
  }
}

async function runDrill(name: string, options: DrillTestOptions, signal: AbortSignal): Promise<void> {
  const running = startCommand(runArguments(name, options), { ...placeOf(options), signal });
  // A test that ran out of time is over before its run is: the next one would find two of them at work.
  onTestFinished(() => running.then(nothing, nothing), ROLLBACK_WITHIN_MS);
  const ended = await running;
  const { failure, notes } = outcomeOf(name, ended, readReports(ended));
  if (failure !== undefined) throw failure;
  for (const note of notes) console.warn(note);
}

function runArguments(name: string, options: DrillTestOptions): readonly string[] {
  const { runtime, params = {}, set = [], retryInconclusive = 0 } = options;
  return [
    'run',
    name,
    '--json',
    ...(runtime === undefined ? [] : ['--runtime', runtime]),
    ...Object.entries(params).flatMap(([param, value]) => ['--param', `${param}=${value}`]),
    ...set.flatMap((pair) => ['--set', pair]),
    ...(retryInconclusive === 0 ? [] : ['--retry-inconclusive', String(retryInconclusive)]),
  ];
}

interface Found {
  readonly names: readonly string[];
  /** Of drills that do not load: nobody knows whether they are meant. */
  readonly complaint: string | undefined;
}

async function findDrills(options: DrillTestOptions): Promise<Found> {
  const tags = [options.tag ?? 'nightly'].flat();
  const chosen = options.drills === undefined ? tags.flatMap((tag) => ['--tag', tag]) : [];
  const ended = await startCommand(['list', '--json', ...chosen], placeOf(options));
  const listed = namesOf(ended);
  if (listed === undefined) throw new Error(`firedrill cannot list the drills\n${ended.stderr.trim()}`);
  const names = options.drills ?? listed;
  const unknown = names.filter((name) => !listed.includes(name));
  if (unknown.length > 0) throw new Error(`there is no drill ${unknown.join(', ')}. Drills: ${listed.join(', ')}`);
  if (names.length === 0) throw new Error(`no drill is tagged ${tags.join(' or ')}\n${ended.stderr.trim()}`);
  return { names, complaint: ended.code === 0 ? undefined : ended.stderr.trim() };
}

function namesOf({ stdout }: Ended): readonly string[] | undefined {
  try {
    return (JSON.parse(stdout) as readonly { readonly name: string }[]).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

function placeOf({ cwd = process.cwd(), node = process.execPath }: DrillTestOptions): CommandOptions {
  return { cwd, node };
}

function nothing(): void {}
