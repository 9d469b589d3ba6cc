// The container engine by its own command line: what the runtime uses to find its containers may be what is wrong.
import { execFileSync } from 'node:child_process';

/** The lines that it printed. Throws when it failed. */
export function docker(...argv: readonly string[]): readonly string[] {
  const text = execFileSync('docker', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
  return text.split('\n').filter((line) => line !== '');
}

/** Why nothing can be tried in containers here; undefined = it can. */
export function whyNoEngine(): string | undefined {
  try {
    docker('version', '--format', '{{.Server.Version}}');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').at(-1) || error.message : String(error);
  }
}

/** For `ps`, `network ls` and the like: what is of a run, or of one of its nodes. */
export function labelled(runId: string, node?: string): readonly string[] {
  const labels = [`dev.firedrill.run=${runId}`, ...(node === undefined ? [] : [`dev.firedrill.node=${node}`])];
  return labels.flatMap((label) => ['--filter', `label=${label}`]);
}

/** Ids of all images, sorted: those of one age come in any order. */
export function imageIds(): readonly string[] {
  return docker('image', 'ls', '--all', '--quiet').toSorted();
}

/** Containers, networks and volumes of a run, a line each. */
export function inEngine(runId: string): readonly string[] {
  const of = [...labelled(runId), '--format'];
  return [
    ...docker('ps', '--all', ...of, '{{.Names}} {{.Status}}').map((line) => `container ${line}`),
    ...docker('network', 'ls', ...of, '{{.Name}}').map((line) => `network ${line}`),
    ...docker('volume', 'ls', ...of, '{{.Name}}').map((line) => `volume ${line}`),
  ];
}

/** Ends what a failed test has left of a run. */
export function endInEngine(runId: string): void {
  const of = [...labelled(runId), '--quiet'];
  const containers = docker('ps', '--all', ...of);
  if (containers.length > 0) docker('rm', '--force', '--volumes', ...containers);
  for (const network of docker('network', 'ls', ...of)) docker('network', 'rm', network);
}
