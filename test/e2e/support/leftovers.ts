// What a run has left on the machine, looked up without asking Firedrill: what it uses to find its own may be wrong.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inEngine } from './engine.ts';
import type { Sandbox } from './sandbox.ts';

/** Processes, containers, directories, leases and undo state, a line each; without those of the runs that are named. */
export function leftovers(sandbox: Sandbox, except: readonly string[] = []): readonly string[] {
  const runIds = sandbox.runIds();
  const leases = entries(join(sandbox.state, 'leases')).map((name) => readText(join(sandbox.state, 'leases', name)));
  const found = [
    ...strays(sandbox.dir).map(({ pid, what }) => `process ${pid} ${what}`),
    ...(sandbox.contained ? runIds.flatMap(inEngine) : []),
    ...entries(sandbox.tmp).map((name) => `directory ${name}`),
    ...leases.filter((text) => runIds.some((runId) => text.includes(runId))).map((text) => `lease ${text}`),
    ...entries(join(sandbox.state, 'runs')).map((name) => `undo state ${name}`),
    ...entries(join(sandbox.state, 'clusters')).map((name) => `warm cluster ${name}`),
    ...entries(sandbox.state)
      .filter((name) => name !== 'leases' && name !== 'runs' && name !== 'clusters')
      .map((name) => `state ${name}`),
  ];
  return found.filter((line) => !except.some((runId) => line.includes(runId)));
}

interface Stray {
  readonly pid: number;
  readonly what: string;
}

/** By working directory, output, environment, arguments or mounts: one of them leads into the directory, whose name is its own. */
function strays(dir: string): readonly Stray[] {
  const own = basename(dir);
  return entries('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const traces = [
      ...['cwd', 'fd/1'].map((link) => attempt(() => readlinkSync(`/proc/${pid}/${link}`))),
      ...['environ', 'cmdline', 'mountinfo'].map((file) => readText(`/proc/${pid}/${file}`)),
    ];
    if (!traces.some((trace) => trace.includes(own))) return [];
    const run = /FIREDRILL_RUN=([^\0]*)/.exec(traces[2] ?? '')?.[1] ?? '';
    return [{ pid, what: `${(traces[3] ?? '').replaceAll('\0', ' ')} ${run} ${traces[0]}` }];
  });
}

/** Ends what a failed test has left. */
export async function endStrays(dir: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const left = strays(dir);
    if (left.length === 0) return;
    for (const { pid } of left) attempt(() => String(process.kill(pid, 'SIGKILL')));
    await sleep(20);
  }
}

function entries(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function readText(file: string): string {
  return attempt(() => readFileSync(file, 'utf8'));
}

/** Empty for what is gone or is somebody else's. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
