// What the nodes of a secured Redis start with: certificates, users with the rights that they need, and nobody else.
import { createHash } from 'node:crypto';
import type { Address } from '../../src/core/node.ts';
import type { Certificate } from './certificates.ts';

export type Settings = Readonly<Record<string, string | number>>;

export interface SecuredRedisOptions {
  /** The service's name in the cluster. */
  readonly service?: string;
  readonly replicas?: number;
  readonly sentinels?: number;
  readonly primaryName?: string;
  readonly quorum?: number;
  /** At least 3000: shorter ones make for elections that nobody wanted. */
  readonly downAfterMs?: number;
  /** Over the usual ones: lines of redis.conf, and settings of the Sentinels for the primary. */
  readonly settings?: { readonly redis?: Settings; readonly sentinel?: Settings };
  /** `mutual`: clients need a certificate too. */
  readonly tls?: boolean | 'mutual';
  /** Access lists: the default user is off, and `firedrill` may do what `rules` say. */
  readonly acl?: boolean;
  readonly rules?: { readonly redis?: readonly string[]; readonly sentinel?: readonly string[] };
  /** What the nodes call themselves: another address of loopback, such as 127.0.0.2. They are reached at 127.0.0.1. */
  readonly announced?: string;
}

/** All that drills of Redis do to a cluster that is not ours; whoever wants less leaves some of it out. */
export const FIREDRILL_RULES = {
  redis: [
    '~firedrill*',
    '+ping',
    '+info',
    '+config|get',
    '+client|id',
    '+client|list',
    '+client|setname',
    '+client|pause',
    '+client|unpause',
    '+client|kill',
    '+replicaof',
    '+role',
    '+multi',
    '+exec',
    '+config|rewrite',
    '+rpush',
    '+lrange',
    '+wait',
    '+del',
  ],
  sentinel: [
    '&*',
    '+ping',
    '+info',
    '+client|id',
    '+client|setname',
    '+sentinel|master',
    '+sentinel|masters',
    '+sentinel|replicas',
    '+sentinel|sentinels',
    '+sentinel|ckquorum',
    '+sentinel|myid',
    '+sentinel|get-master-addr-by-name',
    '+sentinel|failover',
    '+sentinel|info-cache',
    '+subscribe',
    '+psubscribe',
  ],
} as const;

/** As Redis' documentation has it for replicas and for Sentinels. */
const REPLICATION = '+psync +replconf +ping';
const WATCHING =
  'allchannels +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill';
const PEERING = 'allchannels +ping +publish +client|setname +sentinel|is-master-down-by-addr';

export const USERS = ['firedrill', 'admin', 'replication', 'watching', 'peering'] as const;
export type User = (typeof USERS)[number];

export interface Secured {
  readonly passwords: Readonly<Record<User, string>>;
  readonly ca: string;
  readonly certificate: Certificate;
  readonly options: SecuredRedisOptions;
}

export function redisLines(port: number, primary: Address, secured: Secured): string[] {
  const { options, passwords } = secured;
  const usual: Settings = {
    'min-replicas-to-write': Math.min(1, options.replicas ?? 2),
    'min-replicas-max-lag': 10,
    'repl-diskless-sync-delay': 0,
    appendonly: 'yes',
    save: '""',
  };
  return [
    ...listening(port, secured),
    ...(options.announced === undefined ? [] : [`replica-announce-ip ${options.announced}`]),
    ...Object.entries({ ...usual, ...options.settings?.redis }).map(([name, value]) => `${name} ${value}`),
    ...users(options, [
      user('admin', passwords, ['~*', '&*', '+@all']),
      user('firedrill', passwords, options.rules?.redis ?? FIREDRILL_RULES.redis),
      user('replication', passwords, [REPLICATION]),
      user('watching', passwords, [WATCHING]),
      'masteruser replication',
      `masterauth ${passwords.replication}`,
    ]),
    ...(port === primary.port ? [] : [`replicaof ${primary.host} ${primary.port}`]),
  ];
}

export function sentinelLines(port: number, primary: Address, secured: Secured): string[] {
  const { options, passwords } = secured;
  const name = options.primaryName ?? 'mymaster';
  const quorum = options.quorum ?? Math.floor((options.sentinels ?? 3) / 2) + 1;
  const downAfterMs = Math.max(3000, options.downAfterMs ?? 5000);
  const usual: Settings = { 'down-after-milliseconds': downAfterMs, 'failover-timeout': 10_000 };
  return [
    ...listening(port, secured),
    ...(options.announced === undefined ? [] : [`sentinel announce-ip ${options.announced}`]),
    `sentinel monitor ${name} ${primary.host} ${primary.port} ${quorum}`,
    ...Object.entries({ ...usual, ...options.settings?.sentinel }).map(
      ([setting, value]) => `sentinel ${setting} ${name} ${value}`,
    ),
    ...users(options, [
      user('admin', passwords, ['~*', '&*', '+@all']),
      user('firedrill', passwords, options.rules?.sentinel ?? FIREDRILL_RULES.sentinel),
      user('peering', passwords, [PEERING]),
      'sentinel sentinel-user peering',
      `sentinel sentinel-pass ${passwords.peering}`,
      `sentinel auth-user ${name} watching`,
      `sentinel auth-pass ${name} ${passwords.watching}`,
    ]),
  ];
}

function listening(port: number, { options, ca, certificate }: Secured): string[] {
  const bind = `bind 127.0.0.1 ${options.announced ?? ''}`;
  if (options.tls === false) return [bind, `port ${port}`];
  return [
    bind,
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${certificate.cert}`,
    `tls-key-file ${certificate.key}`,
    `tls-ca-cert-file ${ca}`,
    `tls-auth-clients ${options.tls === 'mutual' ? 'yes' : 'no'}`,
    'tls-replication yes',
    'tls-cluster no',
  ];
}

function users({ acl = true }: SecuredRedisOptions, lines: readonly string[]): readonly string[] {
  return acl ? ['user default off', ...lines] : ['protected-mode no'];
}

/** By the password's hash, as a cluster's own files should have it. */
function user(name: User, passwords: Secured['passwords'], rules: readonly string[]): string {
  const hash = createHash('sha256').update(passwords[name]).digest('hex');
  return `user ${name} on #${hash} -@all ${rules.join(' ')}`;
}
