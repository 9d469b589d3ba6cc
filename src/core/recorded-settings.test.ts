import { describe, expect, it } from 'vitest';
import { expandSettings, listSettings, recordSettings } from './recorded-settings.ts';

const settings = {
  redis: {
    'redis-2': { timeout: '0', port: '6302', requirepass: 'hunter2', save: '' },
    'redis-1': { timeout: '0', port: '6301', requirepass: 'hunter2', save: '' },
  },
  sentinel: { 'sentinel-1': { quorum: 2 } },
  features: { 'metadata.version': 25, 'group.version': 1 },
  topics: { orders: null, events: { 'min.insync.replicas': '2', 'sasl.jaas.config': null } },
};

describe('recorded settings', () => {
  it('are each told once where all nodes have them alike, sorted, without secrets', () => {
    expect(JSON.stringify(recordSettings(settings), null, 1)).toBe(
      JSON.stringify(
        {
          features: { of: [], same: { 'group.version': '1', 'metadata.version': '25' }, differing: {} },
          redis: {
            of: ['redis-1', 'redis-2'],
            same: { requirepass: '(set)', save: '', timeout: '0' },
            differing: { port: { 'redis-1': '6301', 'redis-2': '6302' } },
          },
          sentinel: { of: ['sentinel-1'], same: { quorum: '2' }, differing: {} },
          topics: { of: ['events'], same: { 'min.insync.replicas': '2' }, differing: {} },
        },
        null,
        1,
      ),
    );
  });

  it('become settings again', () => {
    const again = expandSettings(recordSettings(settings));
    expect(recordSettings(again)).toEqual(recordSettings(settings));
    expect(again['redis']).toEqual({
      'redis-1': { timeout: '0', port: '6301', requirepass: '(set)', save: '' },
      'redis-2': { timeout: '0', port: '6302', requirepass: '(set)', save: '' },
    });
    expect(again['features']).toEqual({ 'group.version': '1', 'metadata.version': '25' });
  });

  it('have the node, the topic or nobody that they are of', () => {
    expect(listSettings({ features: { a: 1 }, broker: { 'broker-1': { b: true } } })).toEqual([
      { scope: 'features', of: undefined, name: 'a', value: '1' },
      { scope: 'broker', of: 'broker-1', name: 'b', value: 'true' },
    ]);
  });
});
