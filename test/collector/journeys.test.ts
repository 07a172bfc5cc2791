import { describe, expect, test } from 'vitest';
import { visitorPaths } from '../../examples/collector/journeys.mjs';
import { at } from './helpers.js';

const instagram = { channel: 'paid_social', network: 'instagram', paid: true, by: 'utm', time: at(0) };
const newsletter = { channel: 'email', network: null, paid: null, by: 'utm', time: at(60) };

/** An event as short as a table wants it: `visitor minute stage move loop`. */
function events(table: string, more: Record<string, unknown> = {}) {
  return table.trim().split('\n').map((line, index) => {
    const [visitor, minute, stage, move = 'stay', loop = '1'] = line.trim().split(/\s+/);
    return {
      visitor: { id: visitor }, tab: 't', seq: index + 1, time: at(Number(minute)), name: `event_${index + 1}`, page: { url: '/' },
      journey: { stage, move, from: null, loop: Number(loop) }, properties: {}, ...more,
    };
  });
}

describe('paths', () => {
  const walk = (list: any[]) => visitorPaths(list)[0]!.steps.map(({ stage, move, loop, events }: any) => [stage, move, loop, events].join(' '));

  test('runs of one stage are one step; going back, skipping and a new loop are steps of their own', () => {
    expect(walk(events(`
      a 0  awareness      enter
      a 1  awareness
      a 2  decision       skip
      a 3  decision
      a 4  decision
      a 5  consideration  back
      a 6  decision       forward
      a 7  purchase       forward
      a 8  consideration  loop 2
      a 9  consideration  stay 2
    `))).toEqual([
      'awareness enter 1 2', 'decision skip 1 3', 'consideration back 1 1', 'decision forward 1 1', 'purchase forward 1 1',
      'consideration loop 2 2',
    ]);
  });

  test('a new loop in the same stage is a step of its own', () => {
    expect(walk(events(`
      a 0  awareness  enter
      a 9  awareness  loop 2
      a 10 awareness  stay 2
    `))).toEqual(['awareness enter 1 1', 'awareness loop 2 2']);
  });

  test('a move is a step even where the event before it is missing', () => {
    expect(walk(events(`
      a 0 consideration enter
      a 2 consideration back
      a 4 consideration stay 2
    `))).toEqual(['consideration enter 1 1', 'consideration back 1 1', 'consideration stay 2 1']);
  });

  test('time decides the order, then the sequence number, and not the arrival', () => {
    const [first, second, third] = events(`
      a 0 awareness     enter
      a 1 consideration forward
      a 1 decision      forward
    `);
    expect(walk([third, second, first])).toEqual(['awareness enter 1 1', 'consideration forward 1 1', 'decision forward 1 1']);
  });

  test('times of different zones are compared as moments', () => {
    const [first, second] = events(`
      a 0 awareness     enter
      a 1 consideration forward
    `);
    first!.time = '2026-03-02T14:00:00.000+02:00';
    expect(walk([second, first])).toEqual(['awareness enter 1 1', 'consideration forward 1 1']);
  });

  test('an arrival begins a step and is listed once', () => {
    const [one, two, three, four] = events(`
      a 0  awareness enter
      a 1  awareness
      a 60 awareness
      a 61 awareness
    `);
    const list = [{ ...one, touchpoint: instagram }, { ...two, touchpoint: instagram }, { ...three, touchpoint: newsletter }, { ...four, touchpoint: newsletter }];
    const [visitor] = visitorPaths(list);
    expect(visitor!.touchpoints).toEqual([instagram, newsletter]);
    expect(visitor!.steps).toMatchObject([{ arrival: instagram, events: 2, names: ['event_1', 'event_2'] }, { arrival: newsletter, events: 2 }]);
  });

  test('visitors are apart, the one seen last first, under the user id that is known last', () => {
    const [a, b, again] = events(`
      a 0 awareness enter
      b 1 awareness enter
      a 2 awareness
    `);
    again!.visitor = { id: 'a', user_id: 'mara' } as any;
    const paths = visitorPaths([a, b, again]);
    expect(paths.map(({ id, user_id, events, last_seen }) => [id, user_id, events, last_seen])).toEqual([['a', 'mara', 2, at(2)], ['b', null, 1, at(1)]]);
  });
});

test('without stages a visitor is seen, but has no path', () => {
  const [withStage, without] = events(`
    a 0 awareness enter
    b 1 awareness enter
  `);
  const { journey, page, ...core } = without!;
  expect(visitorPaths([withStage, core]).map(({ id, events, steps }) => [id, events, steps.length])).toEqual([['b', 1, 0], ['a', 1, 1]]);
});

test('no events: no paths', () => {
  expect(visitorPaths([])).toEqual([]);
});
