import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../core/clock.ts';
import type { EventBody } from '../core/journal.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { encodeHeader, encodeOp } from './ops-format.ts';
import { FOREIGN } from './read-backs.ts';
import { readJournal } from './reader.ts';
import { openJournal } from './writer.ts';

const header: OpsHeader = {
  v: 1,
  workload: 'writes',
  kind: 'redis.ledger',
  client: 'oracle',
  units: ['one', 'two'],
  spacingMs: 10,
  deadlineMs: 500,
  ledger: true,
  okMeans: 'OK',
};
const run = { type: 'run', v: 1, runId: 'r' } as EventBody;
const op = { i: 1, unit: 1, dueMs: 1, sentMs: 1.25, settledMs: 2.5, outcome: 'unknown', errorCode: 'EOF' } as const;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-journal-'));
  await mkdir(join(dir, 'ops'));
});
afterEach(() => rm(dir, { recursive: true }));

async function record(...events: readonly EventBody[]): Promise<void> {
  const journal = openJournal(dir, createClock());
  for (const event of events) journal.write(event);
  await journal.close();
  expect(journal.failure()).toBeUndefined();
}

function opsFile(name: string): string {
  return join(dir, 'ops', name);
}

describe('a journal', () => {
  it('is read back as it was written', async () => {
    await record(run, { type: 'phase', phase: 'gate', state: 'begin' }, { type: 'end', status: 'completed' });
    await writeFile(opsFile('writes.ndjson'), `${encodeHeader(header)}${encodeOp(op)}`);
    await writeFile(
      opsFile('writes.read.ndjson'),
      '{"unit":"one","from":"redis-1","authoritative":true}\n[3,1]\n[2]\n{"unit":"one","from":"redis-2","authoritative":false}\n',
    );
    const journal = await readJournal(dir);
    expect(journal.run.runId).toBe('r');
    expect(journal.events.map(({ type }) => type)).toEqual(['run', 'phase', 'end']);
    const { writes } = journal.ops;
    expect(writes).toMatchObject({ header, count: 1, truncatedLines: 0, errorCodes: ['', 'EOF'] });
    expect([writes?.i[0], writes?.unit[0], writes?.sentMs[0], writes?.settledMs[0], writes?.outcome[0]]).toEqual([
      1, 1, 1.25, 2.5, 2,
    ]);
    expect(journal.readBacks['writes']).toEqual([
      { unit: 'one', from: 'redis-1', authoritative: true, values: Uint32Array.of(3, 1, 2) },
      { unit: 'one', from: 'redis-2', authoritative: false, values: new Uint32Array() },
    ]);
  });

  it('that is not there is an error with a hint', async () => {
    await expect(readJournal(join(dir, 'nothing'))).rejects.toMatchObject({ code: 'JOURNAL_FAILED', hint: /reports/ });
  });

  it('of another version is an error', async () => {
    await record({ ...run, v: 2 } as unknown as EventBody);
    await expect(readJournal(dir)).rejects.toMatchObject({ code: 'JOURNAL_FAILED', message: /version 2/ });
  });

  it('that a crash cut off in the middle of a line is read up to there', async () => {
    await record(run);
    await appendFile(join(dir, 'events.ndjson'), '{"type":"end","atMs":1,"sta');
    expect((await readJournal(dir)).events.map(({ type }) => type)).toEqual(['run']);
  });

  it('with a damaged line in it says so', async () => {
    await record(run);
    await appendFile(join(dir, 'events.ndjson'), '{"type":"end",\n{"type":"end","atMs":9,"status":"completed"}\n');
    expect((await readJournal(dir)).events.at(-1)).toMatchObject({
      type: 'problem',
      code: 'JOURNAL_FAILED',
      message: /1 of its lines/,
    });
  });
});

describe('operations', () => {
  it('with lines that are cut off or damaged are counted, and the others read', async () => {
    await record(run);
    await writeFile(opsFile('writes.ndjson'), `${encodeHeader(header)}${encodeOp(op)}[2,1,1,\n${encodeOp(op)}[3,0,1,1`);
    expect((await readJournal(dir)).ops['writes']).toMatchObject({ count: 2, truncatedLines: 2 });
  });

  it('whose last line has no end are cut off, also when it could be read', async () => {
    await record(run);
    await writeFile(opsFile('writes.ndjson'), `${encodeHeader(header)}${encodeOp(op).trimEnd()}`);
    expect((await readJournal(dir)).ops['writes']).toMatchObject({ count: 0, truncatedLines: 1 });
  });

  it.each([
    ['an empty file', ''],
    ['half a header', encodeHeader(header).slice(0, 20)],
    ['no header', encodeOp(op)],
  ])('are not known without a header: %s', async (_, text) => {
    await record(run);
    await writeFile(opsFile('writes.ndjson'), text);
    expect((await readJournal(dir)).ops).toEqual({});
  });
});

describe('what was read back', () => {
  const copy = '{"unit":"one","from":"redis-1","authoritative":true}\n';

  it.each([
    ['a line is cut off', `${copy}[1,2]\n[3,4`],
    ['a last line has no end', `${copy}[1,2]\n[3,4]`],
    ['a line is damaged', `${copy}[1,,2]\n[3]\n`],
    ['values are nobody’s', `[1,2]\n${copy}[3]\n`],
  ])('is not known when %s', async (_, text) => {
    await record(run);
    await writeFile(opsFile('writes.read.ndjson'), text);
    expect((await readJournal(dir)).readBacks).toEqual({});
  });

  it('keeps what is no number of ours as foreign', async () => {
    await record(run);
    await writeFile(
      opsFile('writes.read.ndjson'),
      `${copy}[1,null,-1,2.5,"7",4294967295,99999999999]\n[4294967294,07]\n`,
    );
    expect((await readJournal(dir)).readBacks).toEqual({});
    await truncate(opsFile('writes.read.ndjson'));
    await writeFile(opsFile('writes.read.ndjson'), `${copy}[1,null,-1,2.5,"7",4294967295,99999999999]\n[4294967294]\n`);
    expect((await readJournal(dir)).readBacks['writes']?.[0]?.values).toEqual(
      Uint32Array.of(1, ...Array.from({ length: 6 }, () => FOREIGN), 4_294_967_294),
    );
  });
});
