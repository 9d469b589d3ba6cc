import { join } from 'node:path';
import { eachLine, jsonOf } from './byte-lines.ts';

/** Whether the run in `dir` came to its own end, whatever it left; false where there is no journal. */
export async function hasEnded(dir: string): Promise<boolean> {
  let ended = false;
  await eachLine(join(dir, 'events.ndjson'), (line) => {
    const event = line.whole ? (jsonOf(line) as { readonly type?: unknown } | undefined) : undefined;
    ended ||= event?.type === 'end';
  }).catch(() => undefined);
  return ended;
}
