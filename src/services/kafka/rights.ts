// What Kafka must let us do: whether it does, and how it is told to.
import {
  type Authorized,
  authorizedOnCluster,
  authorizedOnGroup,
  authorizedOnTopics,
  IMPLY_DESCRIBE,
  operationsByAcl,
  topicsOnDisk,
} from '../../clients/kafka-authorized.ts';
import type { KafkaNodes } from '../../clients/kafka-nodes.ts';
import { onCluster, onTopic } from '../../clients/kafka-rights.ts';
import type { LiveContext, Right, RightAnswer, ServiceSpec } from '../../core/kinds.ts';
import { type KafkaWays, openWays } from './live.ts';

const ASK_TIMEOUT_MS = 5000;
const ALL = '*';

export function rights({ topics = {} }: Pick<ServiceSpec, 'topics'>): readonly Right[] {
  return [
    onTopic('Describe', ALL),
    onTopic('DescribeConfigs', ALL),
    ...(['broker', 'controller'] as const).flatMap((role) => [
      onCluster('Describe', role),
      onCluster('DescribeConfigs', role),
    ]),
    ...Object.keys(topics).flatMap((topic) => [onTopic('Create', topic), onTopic('Delete', topic)]),
  ];
}

/** Brokers have their access lists from the controllers: one that answers speaks for all. */
export async function checkRights(
  name: string,
  asked: readonly Right[],
  cx: LiveContext,
): Promise<readonly RightAnswer[]> {
  using ways = openWays(name, cx, ASK_TIMEOUT_MS);
  const looked = await look(ways, asked);
  // Awaited here: the ways are closed behind it.
  return await Promise.all(
    asked.map(async (right): Promise<RightAnswer> => {
      const nodes = ways.all.nodes.filter(({ role }) => role === right.role).map(({ node }) => node);
      return { right, nodes, ...(await verdictOn(right, looked, ways)) };
    }),
  );
}

interface Looked {
  readonly cluster: Authorized;
  readonly topics: ReadonlyMap<string, Authorized>;
  readonly groups: ReadonlyMap<string, Authorized>;
  /** Of all topics that there are: those that somebody who may describe the cluster sees, too. Undefined = not known. */
  readonly onDisk: readonly string[] | undefined;
}

type Verdict = Pick<RightAnswer, 'state' | 'because'>;

async function look({ brokers }: KafkaWays, asked: readonly Right[]): Promise<Looked> {
  const named = (type: string): readonly string[] => [
    ...new Set(asked.flatMap(({ act }) => (act[1] === type && act[2] !== undefined ? [act[2]] : []))),
  ];
  const topics = named('Topic').filter((topic) => topic !== ALL);
  const onDisk = named('Topic').includes(ALL) ? await topicsThereAre(brokers) : [];
  const all = await brokers.askAny((connection) => authorizedOnTopics(connection, null));
  const unseen = [...topics, ...(onDisk ?? [])].filter((topic) => !all.has(topic));
  const others =
    unseen.length === 0 ? [] : await brokers.askAny((connection) => authorizedOnTopics(connection, unseen));
  const groups = named('Group').map(async (group) => [group, await askAboutGroup(brokers, group)] as const);
  return {
    cluster: await brokers.askAny((connection) => authorizedOnCluster(connection, false)),
    topics: new Map([...all, ...others]),
    groups: new Map(await Promise.all(groups)),
    onDisk,
  };
}

async function topicsThereAre(brokers: KafkaNodes): Promise<readonly string[] | undefined> {
  const answers = await brokers.askAll(topicsOnDisk);
  const told = [...answers.values()].filter((answer) => Array.isArray(answer));
  return told.length < answers.size ? undefined : [...new Set(told.flat())];
}

async function askAboutGroup(brokers: KafkaNodes, group: string): Promise<Authorized> {
  const answers = [...(await brokers.askAll((connection) => authorizedOnGroup(connection, group))).values()];
  const told = answers.flatMap((answer) => (answer instanceof Error ? [] : [answer]));
  return told.find((answer) => answer.told !== 'untold') ?? told[0] ?? { told: 'untold', because: 'no broker answers' };
}

async function verdictOn({ role, act }: Right, looked: Looked, ways: KafkaWays): Promise<Verdict> {
  const [operation = '', type = '', name = ''] = act;
  if (role === 'controller') return onControllers(operation, ways);
  if (type === 'Cluster') return verdict(operation, looked.cluster, 'the cluster');
  if (name === ALL) return onAllTopics(operation, looked);
  const on = `${type.toLowerCase()} ${name}`;
  const authorized = (type === 'Topic' ? looked.topics : looked.groups).get(name);
  const mayCreateAll = looked.cluster.told === 'granted' && looked.cluster.operations.has('Create');
  if (operation === 'Create' && mayCreateAll) return { state: 'allowed' };
  const told = verdict(operation, authorized, on);
  return told.state === 'unknown' ? ((await byAcls(act, ways)) ?? told) : told;
}

function verdict(operation: string, authorized: Authorized | undefined, on: string): Verdict {
  if (authorized?.told === 'granted') {
    return authorized.operations.has(operation)
      ? { state: 'allowed' }
      : { state: 'refused', because: `it may not ${operation} on ${on}` };
  }
  if (authorized?.told === 'denied') {
    return IMPLY_DESCRIBE.includes(operation)
      ? { state: 'refused', because: `it may not even Describe ${on}` }
      : { state: 'unknown', because: `${operation} on ${on} is not told to who may not Describe it` };
  }
  return { state: 'unknown', because: `${operation} on ${on} is not told: ${authorized?.because ?? 'no answer'}` };
}

/** Of those that are there now. Who may not see a topic is not told of it, but on the disks all of them are. */
function onAllTopics(operation: string, { topics, onDisk }: Looked): Verdict {
  const seen = [...topics].filter(([topic]) => onDisk === undefined || onDisk.includes(topic));
  const verdicts = seen.map(([topic, authorized]) => verdict(operation, authorized, `topic ${topic}`));
  const worst = verdicts.find(({ state }) => state === 'refused') ?? verdicts.find(({ state }) => state === 'unknown');
  if (worst !== undefined) {
    const more = verdicts.filter(({ state }) => state === worst.state).length - 1;
    return more === 0 ? worst : { ...worst, because: `${worst.because}, and so for ${more} more topics` };
  }
  return onDisk === undefined
    ? { state: 'unknown', because: `whether there are topics that it may not see is not told` }
    : { state: 'allowed' };
}

async function onControllers(operation: string, { all }: KafkaWays): Promise<Verdict> {
  const controllers = all.nodes.filter(({ role }) => role === 'controller');
  const asked = controllers.map(({ node }) => all.ask(node, (connection) => authorizedOnCluster(connection, true)));
  const answers = await Promise.all(
    asked.map((answer) => answer.catch((error: Error): Authorized => ({ told: 'untold', because: error.message }))),
  );
  const verdicts = answers.map((answer) => verdict(operation, answer, 'the cluster'));
  return verdicts.find(({ state }) => state !== 'allowed') ?? { state: 'allowed' };
}

/** Where Kafka does not say what we may, its access lists may tell, to who may read them. */
async function byAcls(
  [operation = '', type = '', name = '']: readonly string[],
  ways: KafkaWays,
): Promise<Verdict | undefined> {
  const user = ways.brokers.nodes[0]?.access?.user;
  if (user === undefined || (type !== 'Topic' && type !== 'Group')) return undefined;
  const given = await ways.brokers
    .askAny((connection) => operationsByAcl(connection, user, { type, name }))
    .catch(() => undefined);
  if (given === undefined) return undefined;
  return given.has(operation)
    ? { state: 'allowed' }
    : { state: 'unknown', because: `no ACL gives ${user} ${operation} on ${type.toLowerCase()} ${name}` };
}
