// What Redis nodes and Sentinels must let us do: whether they do, and how they are told to.
import { askAcl } from '../../clients/redis-acl.ts';
import type { AclVerdict } from '../../clients/redis-acl-rules.ts';
import { openNodeConnections } from '../../clients/redis-nodes.ts';
import {
  CONFIG_RIGHT,
  EVENTS_RIGHT,
  KEY_PREFIX,
  KNOWLEDGE_RIGHTS,
  NAME_RIGHTS,
  ofRedis,
  ofSentinel,
  TOPOLOGY_RIGHTS,
} from '../../clients/redis-rights.ts';
import type { Grantee, LiveContext, Right, RightAnswer } from '../../core/kinds.ts';
import { type NodeName, PROBE } from '../../core/node.ts';

const ASK_TIMEOUT_MS = 2000;

export const RIGHTS: readonly Right[] = [
  ...NAME_RIGHTS,
  ...KNOWLEDGE_RIGHTS,
  ...TOPOLOGY_RIGHTS,
  CONFIG_RIGHT,
  EVENTS_RIGHT,
];

/** `checkRights` itself asks for these. */
export const CHECKING_RIGHTS: readonly Right[] = [ofRedis, ofSentinel].flatMap((of) => [
  of('ACL', 'WHOAMI'),
  of('ACL', 'DRYRUN', 'default', 'INFO'),
]);

/** Of every node of a right's role, at once: access lists are each node's own. */
export async function checkRights(
  name: string,
  rights: readonly Right[],
  cx: LiveContext,
): Promise<readonly RightAnswer[]> {
  const book = cx.cluster.addresses(PROBE);
  await using connections = openNodeConnections(book, { timeoutMs: ASK_TIMEOUT_MS, service: name });
  const told = await connections.askAll(async (redis, row) => {
    const own = rights.filter(({ role }) => role === row.role);
    const verdicts = await askAcl(
      redis,
      own.map(({ act }) => act),
      row.access?.user,
    );
    return new Map(own.map((right, at) => [right, verdicts[at]]));
  });
  return rights.map((right) => {
    const verdicts = connections.nodes
      .filter(({ role }) => role === right.role)
      .map(({ node }): Told => [node, verdictOf(told.get(node), right)]);
    return merge(right, verdicts);
  });
}

type Told = readonly [NodeName, AclVerdict];

function verdictOf(told: ReadonlyMap<Right, AclVerdict | undefined> | Error | undefined, right: Right): AclVerdict {
  if (told instanceof Error) return { state: 'unknown', because: `no answer: ${told.message}` };
  return told?.get(right) ?? { state: 'unknown', because: 'it was not asked' };
}

/** One that refuses is enough to stop a drill, whatever the others say. */
function merge(right: Right, verdicts: readonly Told[]): RightAnswer {
  for (const state of ['refused', 'unknown'] as const) {
    const those = verdicts.filter(([, verdict]) => verdict.state === state);
    const because = those[0]?.[1].because ?? '';
    if (those.length > 0) return { right, state, nodes: those.map(([node]) => node), because };
  }
  return { right, state: 'allowed', nodes: verdicts.map(([node]) => node) };
}

/** An ACL SETUSER for the Redis nodes and one for the Sentinels, which have access lists of their own. */
export function grants(rights: readonly Right[], { user, users }: Grantee): readonly string[] {
  return [['redis', 'on every Redis node'] as const, ['sentinel', 'on every Sentinel'] as const].flatMap(
    ([role, where]) => {
      const own = rights.filter((right) => right.role === role).map(({ act }) => act);
      if (own.length === 0) return [];
      return [
        `# ${where}, with a password of its own behind it: >…`,
        `ACL SETUSER ${users?.[role] ?? user} ${rulesOf(own).join(' ')}`,
      ];
    },
  );
}

/** Commands that are let through by one of their subcommands each. */
const CONTAINERS = new Set(['ACL', 'CLIENT', 'CONFIG', 'SENTINEL']);

/** Exactly what these commands need, and nothing that was there before. */
export function rulesOf(acts: readonly (readonly string[])[]): readonly string[] {
  const commands = acts.map(([name = '', sub = '']) => (CONTAINERS.has(name) ? `+${name}|${sub}` : `+${name}`));
  const keys = acts.some(([, ...args]) => args.some((arg) => arg.startsWith(KEY_PREFIX))) ? [`~${KEY_PREFIX}*`] : [];
  const channels = acts.flatMap(([name = '', channel = '']) => (/^P?SUBSCRIBE$/.test(name) ? [channel] : []));
  // With `*` among them, Redis takes no other.
  const heard = channels.includes('*') ? ['*'] : channels;
  return [
    'on',
    'resetkeys',
    'resetchannels',
    '-@all',
    ...keys,
    ...new Set(heard.map((channel) => `&${channel}`)),
    ...new Set(commands.map((rule) => rule.toLowerCase())),
  ];
}
