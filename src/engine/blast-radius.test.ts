import { describe, expect, it } from 'vitest';
import type { NodeSpec } from '../core/node.ts';
import { checkBlastRadius } from './blast-radius.ts';

const nodes = ['a-1', 'a-2', 'b-1'].map((name) => ({ name, service: name[0] ?? '' }) as NodeSpec);
const none = { maxNodes: undefined, maxPerService: undefined };

describe('the blast radius', () => {
  it('lets pass what stays within it', () => {
    expect(() => checkBlastRadius(['a-1', 'b-1'], { maxNodes: 2, maxPerService: 1 }, nodes)).not.toThrow();
    expect(() => checkBlastRadius(['a-1', 'a-2', 'b-1'], none, nodes)).not.toThrow();
  });

  it('refuses too many nodes, and names them', () => {
    expect(() => checkBlastRadius(['a-1', 'b-1'], { ...none, maxNodes: 1 }, nodes)).toThrow(/a-1, b-1.*maxNodes/);
  });

  it('refuses too many nodes of one service', () => {
    expect(() => checkBlastRadius(['a-1', 'a-2'], { ...none, maxPerService: 1 }, nodes)).toThrow(/1 node of a/);
  });
});
