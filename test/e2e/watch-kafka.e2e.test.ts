import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/clients/kafka-metadata.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import type { JournalEvent } from '../../src/core/journal.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { aclsOfWatch } from '../support/exact-rights.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';
import { onlyFailover } from './support/only-failover.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, kafkaService } from './support/targets.ts';

const SETTINGS = { 'broker.session.timeout.ms': 4000, 'broker.heartbeat.interval.ms': 500 };

describe('firedrill watch, of a Kafka whose broker somebody else kills', () => {
  it('tells the outage, who led and who does, and when every ISR was whole again, with the rights of a watch alone', async () => {
    await using kafka = await startSecuredKafka({ settings: SETTINGS, rights: aclsOfWatch({ writes: true }) });
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { events: kafkaService(kafka) } });
    const run = sandbox.start(['watch', '--target', 'staging'], { env: kafka.env });
    await run.untilPhase('method');
    const [victim = ''] = leadersIn(await run.until('leaders', (event) => leadersIn(event).length > 0));
    // A target with a service of this name has this before its nodes'.
    const theirs = victim.replace(/^events-/, '');
    await kafka.kill(theirs);
    await run.until('another leader', (event) => event.type === 'mark' && event.mark === '+leader');
    const short = await run.until('a short ISR', (event) => isrWhole(event) === false);
    await kafka.start(theirs);
    await run.until('whole ISRs', (event) => event.atMs > short.atMs && isrWhole(event) === true);
    run.kill('SIGINT');
    await run.endsWith(0);

    const failover = onlyFailover(await run.result());
    expect(failover?.moves.length).toBeGreaterThan(0);
    for (const { from, to } of failover?.moves ?? []) {
      expect(from).toBe(victim);
      expect(kafka.brokers.map(({ name }) => `events-${name}`)).toContain(to);
      expect(to).not.toBe(victim);
    }
    const outages = failover?.outages.filter(({ from, lowMs }) => from === 'workload' && lowMs > 1000) ?? [];
    expect(outages.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^firedrill-watch\/\d$/));
    for (const { lowMs, highMs } of outages) expect(highMs).toBeGreaterThan(lowMs);
    const names = failover?.phases.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['-broker', '+leader', '-isr', '+broker', '+isr']));
    expect(failover?.isr?.recoveredAtMs).toBeGreaterThan(failover?.isr?.shrunkAtMs ?? Number.POSITIVE_INFINITY);
    const told = run.stdout().replaceAll(/\s+/g, ' ');
    expect(told).toMatch(new RegExp(`FAILOVER, .* ${victim} led, and events-broker-\\d+ does`));
    expect(told).toMatch(/replicas out of step .* every ISR whole again/);
    expect(await topicsOf(kafka)).toEqual([]);
  });
});

/** Brokers that lead a partition, as a reading of kafka.replication has them. */
function leadersIn(event: JournalEvent): readonly string[] {
  const leaders = readingOf(event)?.['leaders'];
  if (!isJsonObject(leaders ?? null)) return [];
  return Object.entries(leaders as JsonObject).flatMap(([node, count]) => (Number(count) > 0 ? [node] : []));
}

function isrWhole(event: JournalEvent): boolean | undefined {
  const whole = readingOf(event)?.['isrWhole'];
  return typeof whole === 'boolean' ? whole : undefined;
}

function readingOf(event: JournalEvent): JsonObject | undefined {
  if (event.type !== 'probe' || event.probe !== 'kafka.replication') return undefined;
  return isJsonObject(event.value ?? null) ? (event.value as JsonObject) : undefined;
}

/** But for Kafka's own. */
async function topicsOf(kafka: SecuredKafka): Promise<readonly string[]> {
  const book = kafka.book(kafka.access('admin'));
  using nodes = openKafkaNodes(book, { timeoutMs: 5000 });
  const { topics } = await readMetadata(nodes, { book });
  return [...topics.keys()].filter((name) => !name.startsWith('__'));
}
