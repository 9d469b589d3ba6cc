import { kafkaVersion } from '../kafka-tools.ts';
import { toxiproxyVersion } from '../toxiproxy.ts';

/** As Debian bookworm packages it, and the public image of the same number. */
export const redisVersion = '7.0.15';

export interface ImageNames {
  /** The environment variable that overrides both. */
  readonly variable: string;
  /** What `firedrill images build` makes. */
  readonly local: string;
  /** What can be pulled where there is a registry, and a compose file's default. */
  readonly published: string;
}

/** THE list of images that clusters in containers are made of. */
export const images = {
  kafka: {
    variable: 'FIREDRILL_KAFKA_IMAGE',
    local: `firedrill/kafka:${kafkaVersion}`,
    published: `apache/kafka:${kafkaVersion}`,
  },
  redis: {
    variable: 'FIREDRILL_REDIS_IMAGE',
    local: `firedrill/redis:${redisVersion}`,
    published: `redis:${redisVersion}`,
  },
  toxiproxy: {
    variable: 'FIREDRILL_TOXIPROXY_IMAGE',
    local: `firedrill/toxiproxy:${toxiproxyVersion}`,
    published: `ghcr.io/shopify/toxiproxy:${toxiproxyVersion}`,
  },
} as const satisfies Readonly<Record<string, ImageNames>>;

export type ImageName = keyof typeof images;

export const imageNames = Object.keys(images) as readonly ImageName[];
