import { describe, expect, it } from 'vitest';
import { tlsHint, tlsWords } from './tls-hint.ts';

/** As Node 24 says it. */
const REQUIRED =
  '00DEC8E3:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/openssl/x.c:918:SSL alert number 116\n';
const WRONG_VERSION =
  '409DEACE:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/openssl/x.c:77:\n';

describe('what went wrong with TLS', () => {
  it.each([
    [REQUIRED, 'TLS alert: certificate required'],
    [WRONG_VERSION, 'TLS: wrong version number'],
    ['self-signed certificate; if the root CA is installed locally, try …', 'self-signed certificate'],
    [
      'Client network socket disconnected before secure TLS connection was established',
      'it ended the connection where we began to speak TLS',
    ],
    ['connect ECONNREFUSED 127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
  ])('is one line of plain words', (said, words) => {
    expect(tlsWords(said)).toBe(words);
  });

  it.each([
    [REQUIRED, {}, 'It wants a certificate of ours: access.redis.tls.cert and access.redis.tls.key name its files.'],
    [
      'alert unknown ca',
      { cert: 'own.pem' },
      'It does not trust who issued own.pem, or it has expired: access.redis.tls.cert and access.redis.tls.key name its files.',
    ],
    [WRONG_VERSION, {}, 'Does it speak TLS there? access.redis.tls says so.'],
    ['read ECONNRESET', undefined, 'Does it want TLS? (access.redis.tls in the target file)'],
    [
      'write EPIPE',
      {},
      'Does it want a certificate of ours? access.redis.tls.cert and access.redis.tls.key name its files.',
    ],
    ['write EPIPE', { cert: 'own.pem' }, undefined],
    ['NOAUTH Authentication required.', {}, undefined],
  ])('names the key of the target file, also in plain words', (said, tls, hint) => {
    const access = tls === undefined ? {} : { tls };
    expect(tlsHint(said, access, 'redis')).toBe(hint);
    expect(tlsHint(tlsWords(said), access, 'redis')).toBe(hint);
  });
});
