// Writes a journal into a folder until its disk is full, goes on as a run does that ends, and prints what is judged.
//   node test/journal-on-full-disk.ts <dir>
import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '../src/builtin.ts';
import { createClock } from '../src/core/clock.ts';
import { exitOf } from '../src/core/exit-code.ts';
import type { EventBody } from '../src/core/journal.ts';
import { readJournal } from '../src/journal/reader.ts';
import { openJournal } from '../src/journal/writer.ts';
import { judge } from '../src/judge/judge.ts';
import { killDrill, step } from './recorded-run.ts';

const [dir = ''] = process.argv.slice(2);
const told: string[] = [];
const journal = openJournal(dir, createClock(), { onFailure: ({ code }) => told.push(code) });
const evidence = { summary: 'done', facts: {} };
const reading: EventBody = { type: 'probe', probe: 'redis.topology', startedMs: 0, value: { filler: 'x'.repeat(200) } };

journal.write({ type: 'run', v: 1, drill: killDrill(''), runId: 'r', host: {} } as unknown as EventBody);
journal.write({ type: 'phase', phase: 'method', state: 'begin' });
journal.write({ ...step, state: 'called' });
journal.write({ ...step, state: 'confirmed', evidence });
for (let n = 0; told.length === 0 && n < 10_000; n++) {
  journal.write(reading);
  if (n % 20 === 0) await sleep(1);
}
for (let n = 0; n < 1000; n++) journal.write({ ...reading, probe: 'late' });
journal.write({ ...step, state: 'revertCalled' });
journal.write({ ...step, state: 'reverted', evidence });
journal.write({ type: 'restored', clean: true, differences: [], moved: [] });
journal.write({ type: 'end', status: 'interrupted', removed: false });
await journal.close();
const read = await readJournal(dir);
const whole = journal.complete(read);
const report = judge(whole, builtin.assertions);
const { verdict, cluster, status, problems } = report;
const kept = whole.events.slice(read.events.length);
const late = kept.filter((event) => event.type === 'probe' && event.probe === 'late');
console.log(
  JSON.stringify({
    told,
    verdict,
    cluster,
    status,
    kept: kept.length,
    keptLate: late.length,
    problems: problems.map(({ code }) => code),
    exit: exitOf([report]).code,
  }),
);
