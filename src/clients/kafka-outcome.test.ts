import { protocolErrorsCodesById } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { failureOf, failureOfSubject, unanswered, unsent } from './kafka-outcome.ts';

const codeOf = (name: string): number =>
  Number(Object.entries(protocolErrorsCodesById).find(([, each]) => each === name)?.[0]);
const withCode = (code: string, cause?: unknown): Error => Object.assign(new Error('planted', { cause }), { code });

describe('what a record became that the broker answered', () => {
  it('is ok without an error', () => {
    expect(failureOf({ errorCode: 0, baseOffset: 17n })).toBeUndefined();
  });

  it.each(['NOT_ENOUGH_REPLICAS', 'NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_OR_PARTITION', 'MESSAGE_TOO_LARGE'])(
    'is surely not appended after %s without an offset',
    (errorCode) => {
      expect(failureOf({ errorCode: codeOf(errorCode), baseOffset: -1n })).toEqual({ outcome: 'failed', errorCode });
    },
  );

  it.each([
    'REQUEST_TIMED_OUT',
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'KAFKA_STORAGE_ERROR',
    'UNKNOWN_SERVER_ERROR',
    'NETWORK_EXCEPTION',
    'DUPLICATE_SEQUENCE_NUMBER',
  ])('may be appended after %s', (errorCode) => {
    expect(failureOf({ errorCode: codeOf(errorCode), baseOffset: -1n })).toEqual({ outcome: 'unknown', errorCode });
  });

  it('may be appended when it says where, whatever else it says', () => {
    for (const errorCode of ['NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_OR_PARTITION'])
      expect(failureOf({ errorCode: codeOf(errorCode), baseOffset: 5n })?.outcome).toBe('unknown');
  });

  it('may be appended after an error that has no name here', () => {
    expect(failureOf({ errorCode: 9999, baseOffset: -1n })).toEqual({ outcome: 'unknown', errorCode: 'KAFKA_9999' });
  });
});

describe('what a record became that the broker did not answer', () => {
  it('is surely not appended when there was no connection', () => {
    expect(unsent(withCode('PLT_KFK_NETWORK', withCode('ECONNREFUSED')))).toEqual({
      outcome: 'failed',
      errorCode: 'ECONNREFUSED',
    });
    expect(unsent(withCode('PLT_KFK_TIMEOUT'))).toEqual({ outcome: 'failed', errorCode: 'NOT_CONNECTED' });
  });

  it('may be appended when the connection ended', () => {
    expect(unanswered(withCode('PLT_KFK_NETWORK'))).toEqual({ outcome: 'unknown', errorCode: 'EOF' });
    expect(unanswered(withCode('PLT_KFK_NETWORK', withCode('ECONNRESET')))).toEqual({
      outcome: 'unknown',
      errorCode: 'ECONNRESET',
    });
  });
});

describe('what a subject says', () => {
  const kafkajs = (name: string, more: object = {}): Error => Object.assign(new Error('planted'), { name, ...more });
  it.each([
    [
      'NOT_ENOUGH_REPLICAS',
      kafkajs('KafkaJSNumberOfRetriesExceeded', { cause: { type: 'NOT_ENOUGH_REPLICAS', code: 19 } }),
    ],
    [
      'KafkaJSRequestTimeoutError',
      kafkajs('KafkaJSNonRetriableError', { cause: kafkajs('KafkaJSRequestTimeoutError') }),
    ],
    ['ECONNREFUSED', kafkajs('KafkaJSConnectionError', { code: 'ECONNREFUSED' })],
    [
      'NOT_LEADER_OR_FOLLOWER',
      Object.assign(withCode('PLT_KFK_MULTIPLE'), { errors: [{ apiId: 'NOT_LEADER_OR_FOLLOWER' }] }),
    ],
    ['PLT_KFK_TIMEOUT', withCode('PLT_KFK_TIMEOUT')],
    ['ERROR', 'no error at all'],
  ])('is never surely not appended: %s', (errorCode, error) => {
    expect(failureOfSubject(error)).toEqual({ outcome: 'unknown', errorCode });
  });
});
