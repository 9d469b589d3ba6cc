import type { JsonObject } from '../../core/json.ts';

/**
 * What Kafka 4.3 has where nobody says anything, of settings that have to do with a failover: who fetches and how, when
 * connections, groups and transactions are given up, and what is kept. Sizes of buffers and numbers of threads are the
 * machines'. Source: DescribeConfigs of nodes whose files do not name them.
 */
export const SYSTEM_DEFAULTS = {
  broker: {
    'compression.type': 'producer',
    'connections.max.idle.ms': 600_000,
    'controlled.shutdown.enable': true,
    'fetch.max.bytes': 57_671_680,
    'group.consumer.heartbeat.interval.ms': 5000,
    'group.consumer.session.timeout.ms': 45_000,
    'group.coordinator.rebalance.protocols': 'classic,consumer,streams',
    'group.max.session.timeout.ms': 1_800_000,
    'group.min.session.timeout.ms': 6000,
    'initial.broker.registration.timeout.ms': 60_000,
    'log.dir.failure.timeout.ms': 30_000,
    'message.max.bytes': 1_048_588,
    'num.replica.fetchers': 1,
    'offsets.commit.timeout.ms': 5000,
    'producer.id.expiration.ms': 86_400_000,
    'queued.max.requests': 500,
    'replica.fetch.backoff.ms': 1000,
    'replica.fetch.max.bytes': 1_048_576,
    'replica.fetch.min.bytes': 1,
    'replica.fetch.wait.max.ms': 500,
    'replica.high.watermark.checkpoint.interval.ms': 5000,
    'replica.socket.timeout.ms': 30_000,
    'request.timeout.ms': 30_000,
    'socket.connection.setup.timeout.max.ms': 30_000,
    'socket.connection.setup.timeout.ms': 10_000,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 10_000,
    'transaction.max.timeout.ms': 900_000,
    'transaction.partition.verification.enable': true,
    'transactional.id.expiration.ms': 604_800_000,
  },
  controller: {
    'controller.quorum.append.linger.ms': 25,
    'controller.quorum.request.timeout.ms': 2000,
    'controller.quorum.retry.backoff.ms': 20,
    'leader.imbalance.check.interval.seconds': 300,
    'metadata.max.idle.interval.ms': 500,
    'num.partitions': 1,
  },
} as const satisfies Record<string, JsonObject>;
