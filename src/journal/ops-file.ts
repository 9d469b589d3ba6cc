// ops/<workload>.ndjson → columns.
import { stat } from 'node:fs/promises';
import type { Ops, OpsHeader } from '../core/outcome.ts';
import { type ByteLine, eachLine, jsonOf } from './byte-lines.ts';
import { createOpsColumns, type OpsColumns } from './ops-columns.ts';
import { createRowReader } from './ops-rows.ts';

/** Shorter ones have no room for three times of a run. */
const LEAST_ROW_BYTES = 32;

/** Undefined when there is no such file, or none with a header: then nothing is known of the workload. */
export async function readOps(file: string): Promise<Ops | undefined> {
  const sizeBytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  let header: OpsHeader | undefined;
  let columns: OpsColumns | undefined;
  let read: ((line: ByteLine) => boolean) | undefined;
  let unreadable = 0;
  await eachLine(file, (line) => {
    if (read === undefined) {
      const parsed = jsonOf(line);
      if (!isHeader(parsed)) return;
      header = parsed;
      columns = createOpsColumns(Math.ceil(sizeBytes / LEAST_ROW_BYTES));
      read = createRowReader(columns, header.units.length);
    } else if (!line.whole || !read(line)) unreadable++;
  });
  return header === undefined || columns === undefined
    ? undefined
    : { header, truncatedLines: unreadable, ...columns.finish() };
}

function isHeader(parsed: unknown): parsed is OpsHeader {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const { v, units, spacingMs, deadlineMs } = parsed as Partial<Record<string, unknown>>;
  return v === 1 && Array.isArray(units) && typeof spacingMs === 'number' && typeof deadlineMs === 'number';
}
