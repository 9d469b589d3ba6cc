// Probes read again and again while a run lasts: each reading goes into the journal, and the latest is kept for gates,
// holds and guards. A reading that fails is a gap in the series and never a value.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeRef } from '../core/drill.ts';
import type { Json } from '../core/json.ts';
import type { LiveContext, OpenProbe, Registry } from '../core/kinds.ts';
import { lookUp } from './look-up.ts';

export type Reading =
  | { readonly ok: true; readonly value: Json; readonly startedMs: number; readonly atMs: number }
  | { readonly ok: false; readonly error: string; readonly startedMs: number; readonly atMs: number };

export interface Samplers extends AsyncDisposable {
  latest(probe: string): Reading | undefined;
  /** Calls for every reading until the returned function is called. */
  onReading(heard: (probe: string, reading: Reading) => void): () => void;
}

export async function startSamplers(refs: readonly ProbeRef[], registry: Registry, cx: LiveContext): Promise<Samplers> {
  const stop = new AbortController();
  const latest = new Map<string, Reading>();
  const listeners = new Set<(probe: string, reading: Reading) => void>();
  const loops = refs.map(async (ref) => {
    await using probe = await lookUp(registry.probes, ref.kind, 'probe', ref.name).open(ref.params, {
      ...cx,
      signal: stop.signal,
    });
    while (!stop.signal.aborted) {
      const reading = await readOnce(probe, ref, cx, stop.signal);
      if (stop.signal.aborted) break;
      latest.set(ref.name, reading);
      write(ref.name, reading, cx);
      for (const heard of listeners) heard(ref.name, reading);
      const restMs = reading.startedMs + ref.everyMs - cx.clock.nowMs();
      if (restMs > 0) await sleep(restMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  });
  return {
    latest: (probe) => latest.get(probe),
    onReading: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.allSettled(loops);
    },
  };
}

/** By its own deadline. What went wrong is in the reading. */
export async function readOnce(probe: OpenProbe, ref: ProbeRef, cx: LiveContext, stop: AbortSignal): Promise<Reading> {
  const startedMs = cx.clock.nowMs();
  const deadline = AbortSignal.timeout(ref.timeoutMs);
  const late = Promise.withResolvers<never>();
  const onLate = (): void => late.reject(new Error(`no answer within ${ref.timeoutMs} ms`));
  deadline.addEventListener('abort', onLate, { once: true });
  try {
    const value = await Promise.race([probe.read(AbortSignal.any([deadline, stop])), late.promise]);
    return { ok: true, value, startedMs, atMs: cx.clock.nowMs() };
  } catch (error) {
    return {
      ok: false,
      error: error instanceof Error ? error.message : String(error),
      startedMs,
      atMs: cx.clock.nowMs(),
    };
  } finally {
    deadline.removeEventListener('abort', onLate);
  }
}

function write(probe: string, reading: Reading, cx: LiveContext): void {
  const { startedMs } = reading;
  cx.journal.write(
    reading.ok
      ? { type: 'probe', probe, startedMs, value: reading.value }
      : { type: 'probe', probe, startedMs, error: reading.error },
  );
}
