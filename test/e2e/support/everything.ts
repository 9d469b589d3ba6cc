// Drills that leave behind whatever can be left behind: for runners that are killed in the middle of them.
import { join } from 'node:path';
import { type DrillDocument, quickDrill } from './quick-drill.ts';

const hold = '600ms';

const program = {
  name: 'program',
  workload: 'command',
  with: { run: [process.execPath, join(import.meta.dirname, 'stubborn-client.ts')], rate: '50/s' },
};
const lossless = { assert: 'rpo', of: 'writes', with: { lostWrites: 0 } };
const asked = {
  assert: 'always',
  name: 'asked',
  probe: { kind: 'command', with: { run: ['sleep', '0.2'] }, every: '300ms', timeout: '2s' },
  tolerance: { exitCode: 0 },
};

/** Of Redis, one after the other: about eight seconds. */
export const everything = quickDrill({
  title: 'Everything that may be left behind',
  workloads: [
    { name: 'writes', workload: 'redis.ledger', client: 'oracle', with: { rate: '100/s' } },
    { name: 'application', workload: 'redis.ledger', client: 'ioredis/hardened', with: { rate: '20/s' } },
    program,
  ],
  method: [
    {
      name: 'slow',
      fault: 'network.latency',
      targets: 'redis-3',
      with: { latency: '20ms' },
      hold: '3s',
      overlap: true,
    },
    { name: 'pause', fault: 'process.pause', targets: 'sentinel-2', hold },
    { name: 'cut', fault: 'network.partition', with: { isolate: 'redis-2' }, hold },
    { name: 'refuse', fault: 'network.partition', with: { isolate: 'redis-2', mode: 'refuse' }, hold },
    { name: 'kill', fault: 'process.kill', targets: 'redis-2', hold },
    { name: 'crash', fault: 'host.crash', targets: 'redis-2', hold },
  ],
  assertions: [lossless, asked],
});

/** Of Kafka, members of a group among it: about half a minute. */
export const everythingOfKafka: DrillDocument = {
  title: 'Everything of Kafka that may be left behind',
  use: ['fragments/kafka-healthy.yaml'],
  cluster: {
    services: ['kafka'],
    topics: {
      orders: {
        partitions: 3,
        replicas: [
          [1, 2, 3],
          [2, 3, 1],
          [3, 1, 2],
        ],
      },
    },
  },
  workloads: [
    { name: 'writes', workload: 'kafka.ledger', client: 'oracle', with: { topic: 'orders', rate: '20/s' } },
    { name: 'application', workload: 'kafka.ledger', client: 'kafkajs', with: { topic: 'orders', rate: '10/s' } },
    {
      name: 'consumers',
      workload: 'kafka.consumer',
      client: 'kafkajs',
      with: { topics: 'orders', members: 2, sessionTimeout: '6s', ledger: 'writes', rate: '20/s' },
    },
    program,
  ],
  timing: { startWithin: '60s', warmUp: '3s', recoveryWithin: '60s', heldFor: '500ms', drainWithin: '30s' },
  method: [
    { name: 'topic', action: 'kafka.create-topic', with: { topic: 'more', partitions: 3 } },
    { name: 'moved', action: 'kafka.reassign', with: { partitions: { 'orders/0': [2, 3, 1] } } },
    {
      name: 'slow',
      fault: 'network.latency',
      targets: 'broker-3',
      with: { latency: '5ms' },
      hold: '4s',
      overlap: true,
    },
    { name: 'suspended', fault: 'process.pause', targets: 'consumers#1', hold },
    { name: 'member', fault: 'process.kill', targets: 'consumers#2', hold },
    { name: 'pause', fault: 'process.pause', targets: 'controller-2', hold },
    { name: 'cut', fault: 'network.partition', with: { isolate: 'broker-2' }, hold },
    { name: 'crash', fault: 'host.crash', targets: 'controller-3', hold },
    { name: 'kill', fault: 'process.kill', targets: 'broker-2', hold },
  ],
  assertions: [lossless, asked],
};
