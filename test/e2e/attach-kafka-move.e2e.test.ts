// A fault that Kafka offers itself, on somebody else's brokers, of which nobody lets us stop a process.
import { expect, it } from 'vitest';
import { startSecuredKafka } from '../support/secured-kafka.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, kafkaService } from './support/targets.ts';

/** What the drill needs, as docs/least-privilege.md has it. */
const RIGHTS = [
  'Describe on the cluster',
  'DescribeConfigs on the cluster',
  'Alter on the cluster',
  'Describe on topic *',
  'DescribeConfigs on topic *',
  ...['Create', 'Delete', 'Read', 'Write'].map((operation) => `${operation} on topic firedrill-*`),
];

it('kafka-planned-move passes on a secured Kafka, and restores it', async () => {
  await using kafka = await startSecuredKafka({ rights: RIGHTS });
  await using sandbox = await createSandbox();
  const services = { kafka: { ...kafkaService(kafka), control: { by: 'none' } } };
  addTarget(sandbox, 'staging', { environment: 'staging', services });
  const run = sandbox.start(['run', 'kafka-planned-move', '--target', 'staging'], { env: kafka.env });
  await run.endsWith(0);
  const report = await run.result();
  expect(report).toMatchObject({ runtime: 'attach', verdict: 'passed', cluster: 'restored', problems: [] });
  expect(report.faults[0]?.evidence).toMatch(/^led by others now: firedrill-orders\/0 from \d+ to \d+ \(epoch \d+\)/);
});
