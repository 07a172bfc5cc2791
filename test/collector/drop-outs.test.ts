import { describe, expect, test } from 'vitest';
import { cartsOf } from '../../examples/collector/carts.mjs';
import { dropOuts } from '../../examples/collector/drop-outs.mjs';
import { MODELS, walkStages } from '../../examples/collector/stages.mjs';
import { at, NOON } from './helpers.js';

let seq = 0;
const event = (visitor: string, minute: number, changes: Record<string, unknown> = {}) => ({
  visitor: { id: visitor }, session: { id: `${visitor}1` }, tab: 't', seq: (seq += 1), time: at(minute), name: 'view_item',
  page: { url: 'https://shop.example/products/mug' }, properties: {},
  journey: { stage: 'consideration', move: 'stay', from: null, loop: 1, furthest: 'consideration' }, ...changes,
});
const previous = (session: string, changes: Record<string, unknown> = {}) =>
  ({ session, stage: 'decision', page: 'https://shop.example/checkout', seconds: 3600, ...changes });

function read(events: any[], { minutes = 120, model = 'journey' } = {}) {
  const now = NOON + minutes * 60_000;
  const chosen = MODELS.find(({ name }) => name === model)!;
  return dropOuts(walkStages(events, { model: chosen, now }), cartsOf(events, { now, silentAfterMs: 60_000 }), chosen);
}
const rows = ({ stages }: any) => stages.flatMap(({ stage, ends, came_back, pages }: any) =>
  [`${stage} ${ends} ${came_back}`, ...pages.map((page: any) => `- ${page.page} ${page.ends} ${page.came_back}`)]);

describe('sessions that ended', () => {
  test('are those that the next one tells of, and the last one of a visitor who has left', () => {
    expect(rows(read([event('a', 0, { session: { id: 'a2' }, previous: previous('a1') })]))).toEqual([
      'consideration 1 0', '- https://shop.example/products/mug 1 0',
      'decision 1 1', '- https://shop.example/checkout 1 1',
    ]);
  });

  test('are not those of visitors who are still there', () => {
    expect(read([event('a', 0)], { minutes: 30 }).ends).toBe(0);
    expect(read([event('a', 0)], { minutes: 31 }).ends).toBe(1);
  });

  test('count once, though two tabs tell of the same one', () => {
    const told = { session: { id: 'a2' }, previous: previous('a1') };
    expect(read([event('a', 0, told), event('a', 0, { ...told, tab: 'u' })])).toMatchObject({ ends: 2, came_back: 1 });
  });

  test('end at the last event that happened, not at the last that arrived', () => {
    const last = event('a', 5, { page: { url: 'https://shop.example/cart' } });
    expect(rows(read([last, event('a', 1)]))).toEqual(['consideration 1 0', '- https://shop.example/cart 1 0']);
  });

  test('are told in the stages of the chosen model, by the last event of that session', () => {
    const events = [
      event('a', 0, { name: 'add_to_cart', journey: undefined }),
      event('a', 60, { name: 'page_view', session: { id: 'a2' }, previous: previous('a1', { stage: 'interest' }), journey: undefined }),
    ];
    expect(rows(read(events, { model: 'funnel' })).filter((row: string) => !row.startsWith('-'))).toEqual(['cart 2 1']);
    expect(rows(read([events[1]], { model: 'funnel' })).filter((row: string) => !row.startsWith('-'))).toEqual(['visit 1 0', 'null 1 1']);
  });

  test('are without stage, page or session where the tracker tells none', () => {
    const core = event('a', 0, { session: undefined, page: undefined, name: 'hello' });
    expect(rows(read([core]))).toEqual(['consideration 1 0', '- null 1 0']);
    expect(rows(read([event('a', 100, { previous: previous('x', { stage: undefined, page: undefined }) })]))).toEqual(['null 1 1', '- null 1 1']);
  });

  test('are of one page, whatever campaign led to it, and list the pages with most of them', () => {
    const url = (path: string) => ({ page: { url: `https://shop.example/${path}` } });
    const events = ['a?utm_source=x', 'a?utm_source=y', 'b', 'c', 'd', 'e', 'f', 'g'].map((path, index) => event(`v${index}`, 0, url(path)));
    const [{ pages, more_pages }] = read(events).stages as any[];
    expect([pages[0], pages.length, more_pages]).toMatchObject([{ page: 'https://shop.example/a', ends: 2 }, 5, 2]);
  });
});

describe('carts left', () => {
  const add = (visitor: string, minute: number, price: number) => event(visitor, minute, {
    name: 'add_to_cart', properties: { currency: 'EUR', items: [{ item_id: `M${price}`, price, quantity: 2 }] },
  });

  test('are worth what the tracker says, or what is in the cart of who has left', () => {
    const told = event('a', 0, { session: { id: 'a2' }, previous: previous('a1', { cart_value: 12.5, currency: 'CHF' }) });
    expect(read([told, add('b', 0, 18)])).toMatchObject({ values: [{ value: 36, currency: 'EUR' }, { value: 12.5, currency: 'CHF' }] });
  });

  test('are worth nothing once bought or emptied', () => {
    expect(read([add('a', 0, 18), event('a', 1, { name: 'purchase' })]).values).toEqual([]);
    expect(read([add('a', 0, 18), { ...add('a', 1, 18), name: 'remove_from_cart' }]).values).toEqual([]);
  });

  test('are those that were left, not those bought before', () => {
    expect(read([add('a', 0, 18), event('a', 1, { name: 'purchase' }), add('a', 2, 5)]).values).toEqual([{ value: 10, currency: 'EUR' }]);
  });
});
