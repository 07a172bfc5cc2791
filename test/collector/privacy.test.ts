import { describe, expect, test } from 'vitest';
import { anonymousFigures } from '../../examples/collector/anonymous.mjs';
import { setBotsApart } from '../../examples/collector/bots.mjs';
import { consentSplit } from '../../examples/collector/consents.mjs';
import { at } from './helpers.js';

let seq = 0;
const event = (visitor: string | null, minute: number, name: string, more: Record<string, unknown> = {}) =>
  ({ id: `e${(seq += 1)}`, ...(visitor && { visitor: { id: visitor } }), tab: 'one', seq, time: at(minute), name, properties: {}, ...more });
const consent = (marketing: unknown, by?: unknown) => ({ consent: { analytics: 'granted', marketing, ...(by !== undefined && { by: { analytics: 'option', marketing: by } }) } });
const rows = (events: any[]) => consentSplit(events).rows.map(({ marketing, by, visitors, views }) => `${marketing} ${by} ${visitors} ${views}`);

describe('the split of consent', () => {
  test('counts a visitor once, by the latest answer', () => {
    expect(rows([
      event('a', 5, 'page_view', consent('granted', 'call')), event('a', 0, 'page_view', consent('denied', 'gpc')),
      event('b', 0, 'page_view', consent('denied', 'gpc')), event('c', 0, 'page_view', consent('granted', 'tcf')), event('c', 1, 'page_view'),
    ])).toEqual(['granted call 1 0', 'denied gpc 1 0', 'granted tcf 1 0']);
  });

  test('counts page views that bear no visitor as they are', () => {
    expect(rows([event(null, 0, 'page_view', consent('denied')), event(null, 1, 'page_view', consent('denied')), event(null, 2, 'landing', consent('denied'))])).toEqual(['denied null 0 2']);
  });

  test('passes over what is no consent record', () => {
    const odd = [null, 7, 'granted', [], { marketing: { toString: 1 } }, { marketing: '' }].map((each) => event('a', 0, 'page_view', { consent: each }));
    expect(consentSplit(odd)).toEqual({ visitors: 0, views: 0, rows: [] });
    expect(rows([event('a', 0, 'page_view', consent('__proto__', { toString: 1 }))])).toEqual(['__proto__ null 1 0']);
  });
});

describe('events without a visitor', () => {
  test('are page views, arrivals and orders, each by itself; an order once for its number', () => {
    const page = (path: string) => ({ page: { url: `https://shop.example${path}` } });
    const order = (transaction_id: unknown, value: unknown) => event(null, 3, 'purchase', { properties: { transaction_id, value, currency: 'EUR' } });
    expect(anonymousFigures([
      event(null, 0, 'page_view', page('/a?x=1')), event(null, 1, 'page_view', page('/a')), event(null, 2, 'page_view', page('/b')), event(null, 2, 'page_view', { tab: 'two' }),
      event(null, 2, 'landing'), event(null, 2, 'social_landing'), order('T1', 10), order('T1', 99), order('T2', 'much'), order(undefined, 5),
    ])).toEqual({
      visits: 2, events: 10, views: 4, arrivals: 2, orders: { count: 3, values: [{ value: 15, currency: 'EUR' }] },
      pages: [{ page: 'https://shop.example/a', views: 2 }, { page: 'https://shop.example/b', views: 1 }, { page: null, views: 1 }], more_pages: 0,
    });
  });

  test('are apart from those of people, and those of programs from both', () => {
    const events = [event('a', 0, 'x'), event('b', 0, 'x', { bot: true }), event('b', 1, 'y'), event(null, 0, 'x'), event(null, 0, 'x', { bot: true })];
    const { people, anonymous, bots } = setBotsApart(events);
    expect([people.length, anonymous.length, bots]).toEqual([1, 1, { visitors: 1, events: 3 }]);
  });
});
