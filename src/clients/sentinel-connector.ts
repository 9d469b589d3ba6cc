// How ioredis finds a primary through Sentinels, with a listener where ioredis forgets its own.
import { type Redis, SentinelConnector } from 'ioredis';

/** A method of SentinelConnector that its types keep to themselves. */
interface Connecting {
  connectToSentinel(...args: unknown[]): Redis;
}

/**
 * In ioredis 6.0.0 the failoverDetector's connections to Sentinels have no listener for errors, and an emitter without
 * one prints "[ioredis] Unhandled error event" for each Sentinel that ends or is cut off. What becomes of the error does
 * not change: those connections come back by their own `sentinelReconnectStrategy`.
 */
export class HeardSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
    const own = this as unknown as Connecting;
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (...args) => connect(...args).on('error', () => undefined);
  }
}
