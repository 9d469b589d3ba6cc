// Somebody's Kafka with TLS, and a target file that says something else than what is there.
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { type SecuredKafka, startSecuredKafka } from '../../../test/support/secured-kafka.ts';
import { connectKafka } from '../../clients/kafka-connection.ts';
import type { KafkaSubject } from '../../clients/kafka-subject.ts';
import { openKafkajs } from '../../clients/kafkajs.ts';
import { openPlatformatic } from '../../clients/platformatic.ts';
import type { Access } from '../../core/access.ts';
import { DrillError } from '../../core/error.ts';
import { discover } from './discover.ts';

const never = new AbortController().signal;

/** A second authority: what it certifies, nobody there trusts. */
async function strangers(
  kafka: SecuredKafka,
): Promise<Required<Pick<NonNullable<Access['tls']>, 'ca' | 'cert' | 'key'>>> {
  const dir = join(kafka.dir, 'strangers');
  await mkdir(dir, { recursive: true });
  const authority = await createAuthority(dir);
  return { ca: authority.ca, ...(await authority.issue('client', ['DNS:client'])) };
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What a user is told who enters a port with these rights. */
async function told(kafka: SecuredKafka, access: Access, port = kafka.bootstrap[0]?.port ?? 0): Promise<Told> {
  const target = { ...kafka.target(access), seeds: [{ host: '127.0.0.1', port }] };
  const error = await discover(target, never).then(
    () => new Error('it was found'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DrillError)) throw error;
  const { code, message, hint } = error;
  const prefix = `no bootstrap server of kafka answers: 127.0.0.1:${port}: `;
  expect(message.slice(0, prefix.length)).toBe(prefix);
  expect(message).not.toMatch(/\n|SSL routines|\.c:\d/);
  return { code, message: message.slice(prefix.length), hint };
}

describe('a Kafka that speaks TLS', () => {
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await startSecuredKafka({ nodes: [11] });
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  const withTls = (tls: Access['tls']): Access => {
    const { tls: _, ...rest } = kafka.access();
    return tls === undefined ? rest : { ...rest, tls };
  };

  it('is from another authority than the target file says, or from none that is trusted', async () => {
    const { ca } = await strangers(kafka);
    expect(await told(kafka, withTls({ ca }))).toEqual({
      code: 'PLAN_REFUSED',
      message: 'its certificate is not accepted: unable to verify the first certificate',
      hint: `Its certificate is not from the authority in ${ca}: access.broker.tls.ca has to name the file of the right one.`,
    });
    expect(await told(kafka, withTls({}))).toMatchObject({
      code: 'PLAN_REFUSED',
      hint: expect.stringContaining('no authority that Node trusts: access.broker.tls.ca names the file'),
    });
  });

  it('has a certificate that is made out to others', async () => {
    expect(await told(kafka, withTls({ ca: kafka.ca, serverName: 'kafka.example' }))).toEqual({
      code: 'PLAN_REFUSED',
      message: expect.stringMatching(
        /^its certificate is not accepted: .*kafka\.example\. is not in the cert's altnames: /,
      ),
      hint: 'Its certificate is made out to another name: access.broker.tls.serverName says which one it has to be.',
    });
  });

  it.each([
    ['somebody', () => withTls(undefined)],
    ['nobody', () => ({})],
  ])('is spoken to in plain text, as %s', async (_, access) => {
    expect(await told(kafka, access())).toMatchObject({
      code: 'PLAN_REFUSED',
      message: 'Kafka speaks TLS here, and we do not',
      hint: 'Say access.broker.tls in the target file.',
    });
  });

  it.each([
    ['somebody', () => kafka.access()],
    ['nobody', () => ({ tls: { ca: kafka.ca } })],
  ])('speaks plain text on another port, and is spoken to by TLS, as %s', async (_, access) => {
    expect(await told(kafka, access(), kafka.nodes[0]?.internalPort)).toEqual({
      code: 'CLUSTER_FAILED',
      message: expect.stringMatching(/^no connection to .*: it ended the connection where we began to speak TLS$/),
      hint: 'Does it speak TLS there? access.broker.tls says so.',
    });
  });
});

describe('a Kafka that wants a certificate of its clients', () => {
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await startSecuredKafka({ nodes: [11], tls: 'mutual' });
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  it('lets us in with it', async () => {
    expect(await discover(kafka.target(), never)).toMatchObject([{ name: 'broker-11' }]);
  });

  it('says that it is missing, and where it is named', async () => {
    expect(await told(kafka, { ...kafka.access(), tls: { ca: kafka.ca } })).toEqual({
      code: 'PLAN_REFUSED',
      message: 'Kafka wants a certificate of ours (TLS alert: bad certificate)',
      hint: 'It wants a certificate of ours: access.broker.tls.cert and access.broker.tls.key name its files.',
    });
  });
});

describe('a Kafka that knows its clients by their certificates', () => {
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await startSecuredKafka({ nodes: [11], tls: 'certificates' });
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  it('lets us in with one', async () => {
    expect(await discover(kafka.target(), never)).toMatchObject([{ name: 'broker-11' }]);
  });

  it('says that it is missing, though it does so only after it has let us in', async () => {
    expect(await told(kafka, { tls: { ca: kafka.ca } })).toEqual({
      code: 'PLAN_REFUSED',
      message: 'Kafka wants a certificate of ours (TLS alert: bad certificate)',
      hint: 'It wants a certificate of ours: access.broker.tls.cert and access.broker.tls.key name its files.',
    });
  });

  it('does not accept one from elsewhere', async () => {
    const { cert, key } = await strangers(kafka);
    expect(await told(kafka, { tls: { ca: kafka.ca, cert, key } })).toEqual({
      code: 'PLAN_REFUSED',
      message: 'Kafka does not accept our certificate (TLS alert: certificate unknown)',
      hint: `It does not trust who issued ${cert}, or it has expired: access.broker.tls.cert and access.broker.tls.key name its files.`,
    });
  });

  it.each([
    ['kafkajs', openKafkajs, 'bad certificate'],
    ['platformatic', openPlatformatic, 'metadata failed'],
  ])('lets %s in, and not without one', async (name, open, why) => {
    const subject = (access: Access): KafkaSubject =>
      open({
        addresses: kafka.book(access),
        service: 'kafka',
        name: `test-${name}`,
        profile: 'defaults',
        acks: 'all',
        idempotence: false,
      });
    using known = subject(kafka.access());
    await known.ready;
    using unknown = subject({ tls: { ca: kafka.ca } });
    await expect(unknown.ready).rejects.toThrow(why);
  });
});

describe('what accepts a connection and is silent', () => {
  it.each<[string, Access]>([
    ['before TLS is spoken', { tls: {} }],
    ['when a user shows who he is', { user: 'me', sasl: 'PLAIN', password: { env: 'PATH' } }],
  ])('is not waited for longer than the deadline, %s', async (_, access) => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    try {
      const address = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port };
      const connecting = connectKafka({ address, announced: address, access }, { timeoutMs: 300, clientId: 'test' });
      await expect(connecting).rejects.toThrow(/^no connection to 127\.0\.0\.1:\d+: .*(timed out|not answered within)/);
    } finally {
      silent.close();
    }
  });
});
