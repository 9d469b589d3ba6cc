import { describe, expect, it } from 'vitest';
import { createHistory } from './history.ts';
import { marksOf } from './marks.ts';

describe('a story that several brokers tell', () => {
  it('is told once, by whoever is first', () => {
    const history = createHistory();
    const tell = (source: string, now: string) =>
      history.observe(source, { 'isr a/0': now }).map((change) => change.now);
    expect(tell('broker-1', '1 2 3')).toEqual([]);
    expect(tell('broker-2', '1 2 3')).toEqual([]);
    expect(tell('broker-2', '2 3')).toEqual(['2 3']);
    expect(tell('broker-1', '1 2 3')).toEqual([]);
    expect(tell('broker-1', '2 3')).toEqual([]);
    expect(tell('broker-2', '1 2 3')).toEqual(['1 2 3']);
    expect(tell('broker-1', '1 2 3')).toEqual([]);
  });

  it('can come back to where it was, again and again', () => {
    const history = createHistory();
    const states = ['in', 'out', 'in', 'out', 'in'];
    const told = states.flatMap((now) => history.observe('broker-1', { x: now }));
    expect(told.map(({ before, now }) => `${before}-${now}`)).toEqual(['in-out', 'out-in', 'in-out', 'out-in']);
    expect(states.flatMap((now) => history.observe('broker-2', { x: now }))).toEqual([]);
  });

  it('does not go back for one that comes late, or has missed a part', () => {
    const history = createHistory();
    for (const now of ['1', '2', '3']) history.observe('broker-1', { x: now });
    expect(history.observe('broker-2', { x: '1' })).toEqual([]);
    expect(history.observe('broker-2', { x: '3' })).toEqual([]);
    expect(history.observe('broker-2', { x: '4' })).toEqual([{ subject: 'x', before: '3', now: '4' }]);
  });
});

describe('marks', () => {
  it('say who, and then of what', () => {
    const marks = marksOf([
      { subject: 'leader orders/0', before: 'broker-1 4', now: 'broker-2 5' },
      { subject: 'leader orders/1', before: 'broker-1 2', now: 'nobody 3' },
      { subject: 'isr orders/0', before: 'broker-1 broker-2 broker-3', now: 'broker-2 broker-3' },
      { subject: 'isr orders/1', before: 'broker-1 broker-2', now: 'broker-2 broker-3' },
      { subject: 'broker broker-1', before: 'unfenced', now: 'fenced' },
      { subject: 'controller active', before: 'controller-1 7', now: 'controller-2 8' },
    ]);
    expect(marks.map(({ mark, detail }) => `${mark} ${detail}`)).toEqual([
      '-broker broker-1 fenced',
      '+controller controller-2 epoch 8',
      '+leader broker-2 orders/0 (epoch 5, was broker-1)',
      '-leader nobody orders/1 (epoch 3, was broker-1)',
      '-isr broker-1 orders/0, orders/1',
      '+isr broker-3 orders/1',
    ]);
  });

  it('count what is too much to name', () => {
    const changes = Array.from({ length: 1000 }, (_, at) => ({ subject: `isr t/${at}`, before: 'a b', now: 'a' }));
    const [mark, ...others] = marksOf(changes);
    expect(others).toEqual([]);
    expect(mark?.detail).toMatch(/^b t\/0, t\/1, .* and 980 more$/);
  });
});
