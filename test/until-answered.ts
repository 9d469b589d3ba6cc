// On a machine that is busy with other things, a broker may take longer than a probe waits.
import { waitFor } from '../src/core/wait.ts';

/** Asks again where no broker answered in time; rejects with whatever else it rejects with. */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const once = (): Promise<{ readonly answer: T } | undefined> =>
    ask().then(
      (answer) => ({ answer }),
      (error: Error) => {
        if (!error.message.includes('not answered within')) throw error;
        return undefined;
      },
    );
  const { answer } = await waitFor(once, { withinMs: 20_000, everyMs: 50, what: 'an answer' });
  return answer;
}
