import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, LEAST_RECORD_BYTES, ledgerOf } from './kafka-record.ts';

const ledger = ledgerOf('20261121-143000-abcd', 'writes');

describe('a ledger record', () => {
  it.each([
    { ledger, i: 0, sentNs: 0 },
    { ledger, i: 4_294_967_295, sentNs: Number.MAX_SAFE_INTEGER },
    { ledger: '00000000', i: 17, sentNs: 1_234_567 },
  ])('is read as it was written: $i', (record) => {
    for (const bytes of [LEAST_RECORD_BYTES, 100, 10_000]) {
      const value = encodeRecord(record, bytes);
      expect(value).toHaveLength(bytes);
      expect(decodeRecord(value)).toEqual(record);
    }
  });

  it('is text that a person can read', () => {
    expect(encodeRecord({ ledger: 'c0ffee00', i: 7, sentNs: 12 }, 24).toString()).toBe('fd1 c0ffee00 7 12       ');
  });

  it.each(['', 'fd2 c0ffee00 7 12', 'fd1 c0ffee00 7', 'fd1 coffee00 7 12', 'fd1 c0ffee00 -7 12', '{"i":7}'])(
    'is nothing else: %s',
    (text) => expect(decodeRecord(Buffer.from(text))).toBeUndefined(),
  );

  it('may be missing altogether, as in a tombstone', () => {
    expect(decodeRecord(null)).toBeUndefined();
  });

  it('belongs to one workload of one run', () => {
    expect(new Set([ledger, ledgerOf('20261121-143000-abcd', 'reads'), ledgerOf('other', 'writes')]).size).toBe(3);
  });
});
