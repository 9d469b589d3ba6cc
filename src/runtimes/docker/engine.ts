import Docker from 'dockerode';
import { DrillError } from '../../core/error.ts';

/** An engine that takes longer for any of our requests, all of them short, has vanished. */
const DEADLINE_MS = 45_000;

/** The container engine at `url` (`tcp://host:port`, `unix:///path`), else at DOCKER_HOST or its usual socket. Opens nothing. */
export function openEngine(url?: string): Docker {
  if (url === undefined) return new Docker({ timeout: DEADLINE_MS });
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol === 'unix:') return new Docker({ timeout: DEADLINE_MS, socketPath: pathname });
  return new Docker({ timeout: DEADLINE_MS, protocol: 'http', host: hostname, port: Number(port) });
}

/** What the engine answered with when it said no. */
interface Refusal extends Error {
  readonly statusCode: number;
  readonly json?: { readonly message?: string };
}

/**
 * The engine's answer; `undefined` for one of the status codes that are `fine` (304: it was so already). Throws
 * TOOL_BROKEN with its own words, or that it does not answer: what is asked of containers then proves nothing.
 */
export async function asked<T>(answer: Promise<T>, fine: readonly number[] = []): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isRefusal(error)) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DrillError('TOOL_BROKEN', `the container engine does not answer, is it still running? (${why})`, {
        hint: 'Start it again, then: firedrill rollback',
        cause: error,
      });
    }
    if (fine.includes(error.statusCode)) return undefined;
    const words = error.json?.message ?? error.message;
    throw new DrillError('TOOL_BROKEN', `the container engine refused: ${words}`, { cause: error });
  }
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
