import { describe, expect, it } from 'vitest';
import { stateDirectory } from './state-dir.ts';

describe('stateDirectory', () => {
  it('is under XDG_STATE_HOME, else under the home', () => {
    expect(stateDirectory({ XDG_STATE_HOME: '/s', HOME: '/home/me' })).toBe('/s/firedrill');
    expect(stateDirectory({ XDG_STATE_HOME: '', HOME: '/home/me' })).toBe('/home/me/.local/state/firedrill');
  });
});
