import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers of the operations of a workload that were acknowledged, straight from its file. */
export function acknowledged(runDir: string, workload: string): readonly number[] {
  const [, ...lines] = readFileSync(join(runDir, 'ops', `${workload}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines
    .map(
      (line) =>
        JSON.parse(line) as readonly [
          i: number,
          unit: number,
          due: number,
          sent: number,
          settled: number,
          outcome: number,
        ],
    )
    .filter(([, , , , , outcome]) => outcome === 0)
    .map(([i]) => i);
}
