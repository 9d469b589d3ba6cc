// Predictions, a baseline and drift of somebody else's Kafka, with TLS, SASL and an authorizer. Its settings are changed while
// it runs, as an administrator does it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { incrementalAlterConfigsV1 } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriftReport } from '../../src/cli/drift/report.ts';
import { effectLines } from '../../src/cli/drift/text.ts';
import type { PredictReport } from '../../src/cli/predict/report.ts';
import { openKafkaNodes } from '../../src/clients/kafka-nodes.ts';
import { addressText } from '../../src/core/node.ts';
import { waitFor } from '../../src/core/wait.ts';
import { createTopic } from '../kafka-topics.ts';
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts';
import { makeTargetFolder, type TargetFolder } from '../support/target-folder.ts';

const RIGHTS = [
  'Describe on the cluster',
  'DescribeConfigs on the cluster',
  'Describe on topic *',
  'DescribeConfigs on topic *',
];
const TOPIC = 2;
const BROKER = 4;

let kafka: SecuredKafka;
let folder: TargetFolder;
beforeAll(async () => {
  kafka = await startSecuredKafka({ rights: RIGHTS, settings: { 'broker.session.timeout.ms': 18_000 } });
  const ids = kafka.nodes.map(({ id }) => id);
  await createTopic(kafka.book(kafka.access('admin')), { name: 'orders', replicas: [ids] });
  const { seeds, access } = kafka.target();
  folder = makeTargetFolder({
    staging: {
      environment: 'staging',
      services: { kafka: { kind: 'kafka', bootstrap: seeds.map(addressText), access } },
    },
  });
});
afterAll(async () => {
  folder?.[Symbol.dispose]();
  await kafka?.[Symbol.asyncDispose]();
});

/** Null takes it away again. Resolves when the change is taken; brokers hear of it later. */
async function alter(type: number, name: string, setting: string, value: string | null): Promise<void> {
  using nodes = openKafkaNodes(kafka.book(kafka.access('admin')), { timeoutMs: 5000 });
  const config =
    value === null
      ? { name: setting, configOperation: 1 as const }
      : { name: setting, configOperation: 0 as const, value };
  const resource = { resourceType: type as 2, resourceName: name, configs: [config] };
  // What is one broker's own, only that one takes.
  const itself = kafka.nodes.find((node) => type === BROKER && String(node.id) === name);
  const { responses } = await nodes.ask((itself ?? kafka.nodes[0])?.name ?? '', (connection) =>
    connection.ask(incrementalAlterConfigsV1.api, [[resource], false]),
  );
  expect(responses.map(({ errorMessage }) => errorMessage ?? '')).toEqual(['']);
}

async function drift(...argv: readonly string[]): Promise<DriftReport> {
  return (await folder.json('drift', '--target', 'staging', ...argv)).value as DriftReport;
}

/** Until every broker has heard of the change. */
function driftOf(wanted: readonly string[]): Promise<DriftReport['services'][number]> {
  const ask = async (): Promise<DriftReport['services'][number] | undefined> => {
    const [service] = (await drift('--against', join(folder.dir, 'staging.json'))).services;
    const names = service?.settings.map(({ name, where }) => `${name} ${where.length}`);
    return JSON.stringify(names) === JSON.stringify(wanted) ? service : undefined;
  };
  return waitFor(ask, { withinMs: 20_000, everyMs: 200, what: `drift to be of ${wanted.join(', ') || 'nothing'}` });
}

describe('a Kafka of somebody else’s', () => {
  it('is predicted, with what its settings break', async () => {
    const { code, value } = await folder.json('predict', '--target', 'staging');
    const [service] = (value as PredictReport).services;
    expect(code).toBe(0);
    expect(service?.failures.find(({ what }) => what === 'broker killed')).toMatchObject({ outage: 'band' });
    expect(
      service?.failures
        .filter(({ what }) => what === 'zone lost')
        .flatMap(({ who }) => who)
        .sort(),
    ).toEqual(['zone hall-1', 'zone hall-2', 'zone hall-3']);
    expect(service?.hazards.map(({ id }) => id)).toEqual(['combined-controllers']);
    expect(service?.unseen.join()).toContain('acks of producers: no broker tells it');
  });

  it('has a baseline without any secret', async () => {
    const file = join(folder.dir, 'staging.json');
    expect(await folder.call('baseline', '--target', 'staging', '--write', file)).toMatchObject({ code: 0 });
    const text = readFileSync(file, 'utf8');
    expect(Object.values(kafka.env).filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).toContain('"broker.session.timeout.ms": "18000"');
    expect(text).not.toContain('LoginModule');
    expect((await driftOf([])).structure).toEqual([]);
  });

  it.each<[setting: string, value: string, effect: RegExp]>([
    ['min.insync.replicas', '1', /brings min-isr-one/],
    ['min.insync.replicas', '3', /broker killed until somebody acts instead of .* brings min-isr-is-all/],
    ['unclean.leader.election.enable', 'true', /brings unclean-election/],
    ['retention.ms', '1000000', /no effect on any predicted time, and no hazard/],
  ])('has its topic’s %s %s found, with what it does', async (setting, value, effect) => {
    await alter(TOPIC, 'orders', setting, value);
    const found = await driftOf([`topics.${setting} 1`]);
    expect(found.settings[0]).toMatchObject({ live: value, where: ['orders'] });
    expect(found.settings.flatMap((one) => effectLines(one.effect, 500)).join(' ')).toMatch(effect);
    await alter(TOPIC, 'orders', setting, null);
    await driftOf([]);
  });

  it('has a setting of all brokers found, and one of a single broker', async () => {
    await alter(BROKER, '', 'num.replica.fetchers', '2');
    const [all] = (await driftOf(['broker.num.replica.fetchers 3'])).settings;
    expect(all).toMatchObject({ expected: '1', live: '2', where: kafka.nodes.map(({ name }) => name).sort() });
    await alter(BROKER, '', 'num.replica.fetchers', null);
    const [first] = kafka.nodes;
    await alter(BROKER, String(first?.id), 'num.replica.fetchers', '2');
    expect((await driftOf(['broker.num.replica.fetchers 1'])).settings[0]).toMatchObject({ where: [first?.name] });
    await alter(BROKER, String(first?.id), 'num.replica.fetchers', null);
    await driftOf([]);
  });

  it('differs from what the drills are proved with by what is named', async () => {
    const [service] = (await drift('--against', 'kafka-leader-kill')).services;
    expect(service?.structure).toContainEqual(
      expect.objectContaining({ name: 'controllers that are brokers', expected: '0', live: '3' }),
    );
    expect(service?.settings).toContainEqual(
      expect.objectContaining({ name: 'broker.broker.session.timeout.ms', expected: '9000', live: '18000' }),
    );
  });
});
