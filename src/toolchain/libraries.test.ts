import { describe, expect, it } from 'vitest';
import { parseLdd } from './libraries.ts';

describe('parseLdd', () => {
  it('tells libraries that are there from those that are not', () => {
    const text = [
      '\tlinux-vdso.so.1 (0x00007ffd3d9f2000)',
      '\tlibjemalloc.so.2 => /tmp/a b/libjemalloc.so.2 (0x00007f0)',
      '\tliblzf.so.1 => not found',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f1)',
    ].join('\n');
    expect(parseLdd(text)).toEqual({
      resolved: [['libjemalloc.so.2', '/tmp/a b/libjemalloc.so.2']],
      missing: ['liblzf.so.1'],
    });
  });
});
