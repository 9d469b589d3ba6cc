import { describe, expect, it } from 'vitest';
import { NODE_SETTINGS } from '../services/kafka/setting-names.ts';
import { withoutSecret } from './secret-settings.ts';

const isSecret = (name: string): boolean => withoutSecret(name, 'x') !== 'x';

describe('settings that hold a secret', () => {
  it.each([
    'requirepass',
    'masterauth',
    'tls-key-file-pass',
    'tls-client-key-file-pass',
    'auth-pass',
    'sentinel-pass',
    'sasl.jaas.config',
    'listener.name.client.scram-sha-512.sasl.jaas.config',
    'ssl.keystore.password',
    'ssl.truststore.password',
    'ssl.key.password',
    'listener.name.peer.ssl.keystore.password',
    'some.plugin.secret',
  ])('%s', (name) => expect(isSecret(name)).toBe(true));

  it('are these of all that Kafka has', () => {
    expect(NODE_SETTINGS.filter(isSecret)).toEqual([
      'delegation.token.secret.key',
      'sasl.jaas.config',
      'sasl.oauthbearer.assertion.private.key.passphrase',
      'sasl.oauthbearer.client.credentials.client.secret',
      'ssl.key.password',
      'ssl.keystore.key',
      'ssl.keystore.password',
      'ssl.truststore.password',
    ]);
  });

  it('are also those whose value says so', () => {
    expect(withoutSecret('config', 'ScramLoginModule required username="a" password="b";')).toBe('(set)');
    expect(withoutSecret('url', 'https://user:hunter2@host/x')).toBe('(set)');
    expect(withoutSecret('url', 'https://host:80/x')).toBe('https://host:80/x');
  });

  it('say whether there is one', () => {
    expect(withoutSecret('requirepass', '')).toBe('');
    expect(withoutSecret('requirepass', '(set)')).toBe('(set)');
  });
});
