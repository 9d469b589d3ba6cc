// How long 5 million operations take to be read and judged, and how much memory. In a process of its own, so that what
// made the files does not count.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtin } from '../src/builtin.ts';
import { readJournal } from '../src/journal/reader.ts';
import { judge } from '../src/judge/judge.ts';
import { operations, writeLargeRun } from './support/large-run.ts';

const mostSeconds = 15;
const mostMegabytes = 1000;

const [, recorded] = process.argv.slice(2);
if (recorded === undefined) await generateAndMeasure();
else await measureRecorded(recorded);

async function generateAndMeasure(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-bench-'));
  try {
    await writeLargeRun(dir);
    const { size } = await stat(join(dir, 'ops', 'writes.ndjson'));
    console.log(`${operations} operations, ${(size / 1e6).toFixed(0)} MB, and three copies of what was written`);
    execFileSync(process.execPath, [join(import.meta.dirname, 'run.ts'), 'judge', dir], { stdio: 'inherit' });
  } catch {
    process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measureRecorded(dir: string): Promise<void> {
  const startMs = performance.now();
  const journal = await readJournal(dir);
  const readMs = performance.now() - startMs;
  const report = judge(journal, builtin.assertions);
  const allMs = performance.now() - startMs;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  for (const { name, verdict, actual, because } of report.assertions)
    console.log(`  ${name}: ${verdict}, ${actual} ${because}`);
  const { user, system } = process.cpuUsage();
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  console.log(
    `read in ${seconds(readMs)}, judged in ${seconds(allMs - readMs)}, ${seconds((user + system) / 1000)} of processor time, ${megabytes.toFixed(0)} MB at most`,
  );
  const missed = allMs > mostSeconds * 1000 || megabytes > mostMegabytes || report.verdict !== 'passed';
  console.log(`the bar: ${mostSeconds} s, ${mostMegabytes} MB, and passed: ${missed ? 'missed' : 'met'}`);
  if (missed) process.exitCode = 1;
}
