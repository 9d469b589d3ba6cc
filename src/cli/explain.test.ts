import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { firedrill } from '../../test/command-line.ts';
import { builtin } from '../builtin.ts';
import { parseDrill } from '../drill/load.ts';
import { describeParams } from './explain/params.ts';
import { SECTIONS } from './explain/text.ts';

/** A drill in which an example takes the place of a section. */
const around = `
title: Something is proved
cluster:
  services: [redis-sentinel]
workloads:
  - { name: writes, workload: redis.ledger }
  - { name: application, workload: redis.ledger, client: ioredis }
steadyStateHypothesis:
  title: It is well
  probes:
    - { probe: redis.topology, tolerance: { primaries: 1 } }
method:
  - { name: kill, fault: process.kill, targets: redis-primary }
assertions:
  - { assert: rto, of: writes, with: { atMost: 10s } }
`;

const kinds = (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).flatMap((section) =>
  [...builtin[section].values()].map((kind) => ({ section, ...kind })),
);

/** What stands under "Example:", as somebody would copy it. */
function examplesIn(text: string): string[] {
  return [...text.matchAll(/ {2}Example:\n\n((?: {2}.*\n)+)/g)].map(([, block = '']) =>
    block.replaceAll(/^ {2}/gm, ''),
  );
}

describe('explain', () => {
  it('knows kinds', () => {
    expect(kinds.length).toBeGreaterThan(25);
  });

  it.each(kinds)(
    '$kind ($section): says what it does, what it takes, and gives an example that loads',
    async (kind) => {
      const { code, stdout, stderr } = await firedrill(['explain', kind.kind]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(kind.summary);
      expect(stdout).toContain(`${kind.kind} · ${SECTIONS[kind.section]}\n`);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
      for (const example of examplesIn(stdout)) {
        const [word = 'redis-primary'] = Object.keys(builtin.services.get(kind.kind)?.words ?? {});
        const surroundings = parse(around.replace('redis-primary', word)) as object;
        const whole = stringify({ ...surroundings, ...(parse(example) as object) });
        const { drill } = parseDrill(whole, 'example.drill.yaml', { registry: builtin });
        expect(drill.title).toBe('Something is proved');
      }
      const wanted = (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).filter(
        (section) => section !== 'runtimes' && builtin[section].has(kind.kind),
      );
      expect(examplesIn(stdout)).toHaveLength(wanted.length);
    },
  );

  it.each(kinds.filter((kind) => 'params' in kind))('every param of $kind has a sentence', (kind) => {
    const params = 'params' in kind ? describeParams(kind.params) : [];
    expect(params.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([]);
  });

  it('gives defaults as they stand in YAML', async () => {
    const { stdout } = await firedrill(['explain', 'redis.ledger']);
    expect(stdout).toContain('by default 100/s');
    expect(stdout).toMatch(/by default\s+500ms/);
  });

  it('says what a key of drills takes, wherever they have it, and finds it for a slip', async () => {
    const said = async (key: string): Promise<string> =>
      (await firedrill(['explain', key])).stdout.replaceAll(/\s+/g, ' ');
    const hold = await said('hold');
    expect(hold).toContain(
      'hold · key of a drill in a step with fault a duration such as 500ms, 30s or 2m, or untilEnd',
    );
    expect(hold).toContain('a map with until, atMost: How long it stays. Default: until recovered');
    expect(await said('atMost')).toMatch(/in a step with waitFor a duration .*, required: .* in hold a duration /);
    expect(await said('tolerance')).toContain('a value, a map with one of equals, atMost, atLeast, between');
    expect(await said('between')).toContain('in a tolerance [low, high], both allowed.');
    expect(await said('settingsFrom')).toContain('in cluster text: A baseline');
    expect((await firedrill(['explain', 'stopCondition'])).stderr).toContain('did you mean "stopConditions"?');
  });

  it('names all kinds by section, and the nearest one to a slip', async () => {
    const all = await firedrill(['explain']);
    expect(all.code).toBe(0);
    for (const section of Object.keys(SECTIONS)) expect(all.stdout).toContain(`${section}:\n`);
    for (const { kind } of kinds) expect(all.stdout).toContain(`  ${kind}`);
    expect((await firedrill(['explain', 'redis-primary'])).stderr).toContain('firedrill explain redis-sentinel');
    expect(await firedrill(['explain', 'proces.kill'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'firedrill: there is no kind "proces.kill"\n  → did you mean "process.kill"?\n',
    });
  });
});
