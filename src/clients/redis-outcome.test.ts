import { describe, expect, it } from 'vitest';
import { NotConnectedError, outcomeOf } from './redis-outcome.ts';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });
const withCode = (code: string): Error => Object.assign(new Error('planted'), { code });

describe('what a failed Redis write means', () => {
  it.each([
    'NOREPLICAS Not enough good replicas to write.',
    "READONLY You can't write against a read only replica.",
    'MISCONF Redis is configured to save RDB snapshots',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'CLUSTERDOWN The cluster is down',
    'MOVED 866 127.0.0.1:7002',
    'ASK 866 127.0.0.1:7002',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script.',
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair',
    'NOPERM this user has no permissions',
  ])('surely not applied: %s', (message) => {
    expect(outcomeOf(reply(message))).toEqual({ outcome: 'failed', errorCode: message.split(' ')[0] });
  });

  it.each([
    ['a write that WAIT was unblocked from', reply('UNBLOCKED force unblock from blocking operation'), 'UNBLOCKED'],
    ['a reply that nobody has put into the table', reply('ERR max number of clients reached'), 'ERR'],
    ['a connection that ended', withCode('EOF'), 'EOF'],
    ['a connection that was reset', withCode('ECONNRESET'), 'ECONNRESET'],
    ['a primary that is none any more', withCode('PRIMARY_CHANGED'), 'PRIMARY_CHANGED'],
    ["ioredis' lost connection", new Error('Connection is closed.'), 'EOF'],
    ["ioredis' command timeout", new Error('Command timed out'), 'TIMEOUT'],
    [
      "ioredis' retries",
      Object.assign(new Error('Reached the max'), { name: 'MaxRetriesPerRequestError' }),
      'MaxRetriesPerRequestError',
    ],
    ['something that is no error', 'planted', 'ERROR'],
  ])('may have been applied: %s', (_, error, errorCode) => {
    expect(outcomeOf(error)).toEqual({ outcome: 'unknown', errorCode });
  });

  it.each([
    ['a refused connection', new NotConnectedError(withCode('ECONNREFUSED')), 'ECONNREFUSED'],
    ['one that was reset before anything was written', new NotConnectedError(withCode('ECONNRESET')), 'NOT_CONNECTED'],
    ['one that let nobody in', new NotConnectedError(reply('WRONGPASS invalid username-password pair')), 'WRONGPASS'],
    ['none to be had in time', new NotConnectedError(), 'NOT_CONNECTED'],
  ])('never written: %s', (_, error, errorCode) => {
    expect(outcomeOf(error)).toEqual({ outcome: 'failed', errorCode });
  });

  it('does not take a refusal on a connection in use for one that was never made', () => {
    expect(outcomeOf(withCode('ECONNREFUSED'))).toEqual({ outcome: 'unknown', errorCode: 'ECONNREFUSED' });
  });
});
