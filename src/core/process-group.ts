/**
 * Signals all that is left of the process group of a program that was started with `detached: true`; false when there
 * is nothing. Only for a group that we made, and at once when its first process has ended: later the number may belong
 * to somebody else.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
