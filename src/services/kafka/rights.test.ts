import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopic } from '../../../test/kafka-topics.ts';
import { exactAcls } from '../../../test/support/exact-rights.ts';
import { allow, disallow } from '../../../test/support/kafka-acls.ts';
import { attachedContext } from '../../../test/support/secured-context.ts';
import { type SecuredKafka, startSecuredKafka } from '../../../test/support/secured-kafka.ts';
import { builtin } from '../../builtin.ts';
import { connectKafka, type KafkaConnection } from '../../clients/kafka-connection.ts';
import { waitFor } from '../../core/wait.ts';
import { loadDrill } from '../../drill/load.ts';
import { makePlan } from '../../engine/plan.ts';
import { rightsOf, type ServiceRight } from '../../engine/rights.ts';
import { checkRights } from './rights.ts';

const TARGET = { file: 'test', prefix: 'firedrill-', params: {} };

let kafka: SecuredKafka;
let admin: KafkaConnection;
beforeAll(async () => {
  kafka = await startSecuredKafka({ nodes: [1] });
  const [row] = kafka.book(kafka.access('admin')).rows;
  if (row === undefined) throw new Error('no broker');
  admin = await connectKafka(row, { timeoutMs: 10_000, clientId: 'test' });
  await createTopic(kafka.book(kafka.access('admin')), { name: 'theirs', replicas: [[1]] });
}, 60_000);
afterAll(async () => {
  admin?.drop();
  await kafka?.[Symbol.asyncDispose]();
});

async function rightsIn(name: string): Promise<readonly ServiceRight[]> {
  const { drill } = await loadDrill(`drills/${name}.drill.yaml`, { registry: builtin, target: TARGET });
  const runtime = builtin.runtimes.get('local');
  if (runtime === undefined) throw new Error('no local runtime');
  // As attached: there is no way to controllers of their own.
  return rightsOf(makePlan(drill, builtin, runtime)).filter(({ role }) => role === 'broker');
}

const check = (rights: readonly ServiceRight[]) => checkRights('kafka', rights, attachedContext(kafka.book()));

async function missing(rights: readonly ServiceRight[]): Promise<readonly string[]> {
  const answers = await check(rights);
  return answers.flatMap(({ right, state, because }) =>
    state === 'allowed' ? [] : [`${right.act.slice(0, 2).join(' ')} ${right.act[2]}: ${state}, ${because}`],
  );
}

describe('rights of Kafka', () => {
  it('are given by what is printed for a drill, and the check sees each that is not', async () => {
    const rights = await rightsIn('kafka-leader-kill');
    const acls = await exactAcls('kafka-leader-kill');
    expect(acls).toContain('Write on topic firedrill-*');
    await allow(admin, 'firedrill', acls);
    await eventually(async () => expect(await missing(rights)).toEqual([]));
    for (const acl of acls) {
      await disallow(admin, 'firedrill', [acl]);
      const [, operation, type = '', name = 'kafka-cluster'] = /^(\w+) on (?:the )?(\w+)(?: (\S+))?$/.exec(acl) ?? [];
      const named = `${operation} ${type[0]?.toUpperCase()}${type.slice(1)} ${name === '*' ? name : name.replace('*', '')}`;
      await eventually(async () => expect((await missing(rights)).join('\n'), `without ${acl}`).toContain(named));
      await allow(admin, 'firedrill', [acl]);
      await eventually(async () => expect(await missing(rights)).toEqual([]));
    }
  }, 120_000);
});

/** A broker hears of a new access list a moment after the controller. */
async function eventually(look: () => Promise<void>): Promise<void> {
  let last: unknown;
  const ask = async (): Promise<true | undefined> =>
    look().then(
      () => true,
      (error: unknown) => {
        last = error;
        return undefined;
      },
    );
  await waitFor(ask, { withinMs: 5000, everyMs: 50, what: 'it' }).catch(() => {
    throw last;
  });
}
