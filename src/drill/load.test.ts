import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exampleDrill, testRegistry } from '../../test/drill-registry.ts';
import { DrillError } from '../core/error.ts';
import { loadDrill, parseDrill } from './load.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drill-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe('a whole drill', () => {
  const { drill, warnings } = parseDrill(exampleDrill, 'drills/store-kill.drill.yaml', { registry: testRegistry });

  it('is named after its file and carries its checksum', () => {
    expect(drill).toMatchObject({ name: 'store-kill', file: 'drills/store-kill.drill.yaml' });
    expect(drill.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(warnings).toEqual([]);
  });

  it('has numbers instead of units, and defaults', () => {
    expect(drill.timing).toMatchObject({
      warmUpMs: 5000,
      recoveryWithinMs: 60_000,
      heldForMs: 5000,
      drainWithinMs: 30_000,
    });
    expect(drill.workloads).toMatchObject([
      { name: 'writes', kind: 'store.ledger', client: 'oracle', params: { rate: 100, confirmedBy: 1 } },
    ]);
    expect(drill.method).toMatchObject([
      {
        verb: 'fault',
        name: 'kill',
        targets: 'store-primary',
        hold: { type: 'untilRecovered', atMostMs: 20_000 },
        params: { signal: 'SIGKILL' },
      },
    ]);
    expect(drill.assertions[0]).toMatchObject({
      name: 'rto',
      of: ['writes'],
      since: 'kill',
      params: { atMost: 10_000 },
    });
  });

  it('takes its cadence for a tag', () => {
    expect(drill.tags).toEqual(['nightly', 'redis', 'monthly']);
  });

  it('samples equal probes once', () => {
    const [hypothesis] = drill.steadyStateHypothesis.probes;
    expect([hypothesis?.name, drill.stopConditions[0]?.probe.name, drill.assertions[2]?.probe?.name]).toEqual(
      Array(3).fill('store.topology'),
    );
  });

  it('keeps the document before numbers were made of units, for overrides', () => {
    expect(drill.document).toMatchObject({
      params: { rto: '10s' },
      assertions: [{ with: { atMost: '$rto' } }, {}, {}],
    });
  });
});

describe('from disk', () => {
  it('reads the file and the fragments beside it', async () => {
    const folder = await folderWith({
      'a.drill.yaml': exampleDrill.replace('cadence: monthly', 'cadence: monthly\nuse: [fragments/f.yaml]'),
      'fragments/f.yaml': 'timing:\n  warmUp: 9s\n  heldFor: 8s\n',
    });
    const { drill } = await loadDrill(join(folder, 'a.drill.yaml'), { registry: testRegistry });
    expect(drill.timing).toMatchObject({ warmUpMs: 5000, heldForMs: 8000 });
  });

  it('says which file is not there', async () => {
    const loading = loadDrill('nowhere/x.drill.yaml', { registry: testRegistry });
    await expect(loading).rejects.toMatchObject({ code: 'DRILL_INVALID', at: 'nowhere/x.drill.yaml' });
    await expect(loading).rejects.toBeInstanceOf(DrillError);
  });
});
