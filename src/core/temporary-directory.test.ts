import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Room, temporaryDirectory } from './temporary-directory.ts';

const GIBIBYTE = 1024 ** 3;
const roomy: Room = { inMemory: true, freeBytes: GIBIBYTE, freeMemoryBytes: 4 * GIBIBYTE };
const inRoom = (room: Partial<Room>): string => temporaryDirectory({}, () => ({ ...roomy, ...room }));

describe('where what lives no longer than a run is kept', () => {
  it('is in memory, where there is room for a cluster and its data', () => {
    expect(inRoom({})).toBe('/dev/shm');
    expect(inRoom({ inMemory: false })).toBe(tmpdir());
    expect(inRoom({ freeBytes: GIBIBYTE - 1 })).toBe(tmpdir());
    expect(inRoom({ freeMemoryBytes: 4 * GIBIBYTE - 1 })).toBe(tmpdir());
  });

  it('is where TMPDIR says, if it says so', () => {
    expect(temporaryDirectory({ TMPDIR: '/large/' }, () => roomy)).toBe('/large');
  });
});
