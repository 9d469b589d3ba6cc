import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtin } from '../builtin.ts';
import { parseDrill } from './load.ts';

const page = readFileSync('docs/writing-a-drill.md', 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const [whole = '', ...parts] = examples;
/** The whole drill as a fragment that the parts are laid over. */
const base = whole.replace(/^title:.*\n/m, '').replace(/^cadence:.*\n/m, '');
const fragments = { read: () => base, siblings: () => [] };

describe('docs/writing-a-drill.md', () => {
  it('begins with a drill without a mistake or a doubt', () => {
    expect(parseDrill(whole, 'whole.drill.yaml', { registry: builtin }).warnings).toEqual([]);
  });

  it.each(parts.map((text) => [text.split('\n')[0] ?? '', text]))('shows a part of a drill: %s', (_, text) => {
    const drill = `title: t\nuse: [base.yaml]\n${text}`;
    expect(parseDrill(drill, 'part.drill.yaml', { registry: builtin, fragments }).drill.title).toBe('t');
  });

  it('shows mistakes as they are told', () => {
    const mistaken = whole
      .replace('oracle', 'oracel')
      .replace('replicasInStep', 'replicasInSync')
      .replace('targets: redis-primary', 'targets: redis-primry')
      .replace('atMost: 10s', 'atMost: 10');
    const shown = page.match(/^drills\/my-first.*$/gm)?.join('\n');
    expect(() => parseDrill(mistaken, 'drills/my-first.drill.yaml', { registry: builtin })).toThrow(shown);
  });
});
