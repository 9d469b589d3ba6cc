// What a command that only looks must leave as it was: the state of a cluster, and which commands its nodes have served.
import { parseInfo, parsePairs } from '../../../src/clients/redis-info.ts';
import type { SecuredRedis } from '../../support/secured-redis.ts';

/** Commands that change nothing but the name of their own connection. */
const READ_ONLY = new Set(
  `auth hello info role dbsize config|get acl|whoami acl|dryrun acl|getuser acl|list acl|log client|id client|list client|setname
  command|info sentinel|master sentinel|masters sentinel|replicas sentinel|sentinels sentinel|ckquorum sentinel|myid`.split(
    /\s+/,
  ),
);

/** What replicas and Sentinels do by themselves, all the time. Nobody but they may: not the user of a target either. */
const AMONG_THEMSELVES = new Set(['ping', 'publish', 'replconf']);

interface NodeState {
  /** Command → calls so far, with those that were refused or failed. */
  readonly calls: Readonly<Record<string, number>>;
  /** Everything that has to stay as it is. */
  readonly state: Readonly<Record<string, unknown>>;
}

export type RedisState = Readonly<Record<string, NodeState>>;

/** Asked with all rights. */
export async function redisState(redis: SecuredRedis): Promise<RedisState> {
  const states = redis.nodes.map(async (node) => [node, await nodeState(redis, node)] as const);
  return Object.fromEntries(await Promise.all(states));
}

async function nodeState(redis: SecuredRedis, node: string): Promise<NodeState> {
  const info = parseInfo(String(await redis.ask(node, 'INFO', 'everything')));
  const calls = Object.entries(info).flatMap(([name, text]) => {
    const [, command] = /^cmdstat_(.+)$/.exec(name) ?? [];
    return command === undefined ? [] : [[command, Number(/calls=(\d+)/.exec(text)?.[1])] as const];
  });
  const acl = await redis.ask(node, 'ACL', 'LIST');
  // Of what was refused the node keeps a list: that is a change, too.
  const denied = JSON.stringify(await redis.ask(node, 'ACL', 'LOG')).replaceAll(/"age-seconds","[^"]*"/g, '');
  const isSentinel = node.includes('sentinel');
  return {
    calls: Object.fromEntries(calls),
    state: isSentinel
      ? {
          acl,
          denied,
          ...watched(await redis.ask(node, 'SENTINEL', 'MASTER', redis.primaryName)),
          masters: info['sentinel_masters'],
        }
      : {
          acl,
          denied,
          role: info['role'],
          keys: await redis.ask(node, 'DBSIZE'),
          // Counts what was written, whatever was: DBSIZE would not see a value that was replaced.
          written: info['rdb_changes_since_last_save'],
          replid: info['master_replid'],
          config: parsePairs(await redis.ask(node, 'CONFIG', 'GET', '*')),
        },
  };
}

function watched(reply: unknown): object {
  const fields = parsePairs(reply);
  const names = [
    'ip',
    'port',
    'flags',
    'quorum',
    'config-epoch',
    'down-after-milliseconds',
    'num-slaves',
    'num-other-sentinels',
  ];
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

/** What is different, in words; and which commands were served in between that do more than read. */
export function changesOf(before: RedisState, after: RedisState): readonly string[] {
  return Object.entries(after).flatMap(([node, now]) => {
    const was = before[node];
    const written = Object.entries(now.calls)
      .filter(([command, calls]) => calls > (was?.calls[command] ?? 0))
      .map(([command]) => command)
      .filter((command) => !READ_ONLY.has(command) && !AMONG_THEMSELVES.has(command))
      .map((command) => `${node} has served ${command}`);
    const changed = Object.keys(now.state)
      .filter((name) => JSON.stringify(now.state[name]) !== JSON.stringify(was?.state[name]))
      .map(
        (name) => `${node}: ${name} was ${JSON.stringify(was?.state[name])} and is ${JSON.stringify(now.state[name])}`,
      );
    return [...written, ...changed];
  });
}
