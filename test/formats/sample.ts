import type { Row } from '../../src/delivery/row.js';
import type { Context } from '../../src/event/event.js';
import { stampEvent } from '../../src/event/stamp.js';
import type { BatchInfo } from '../../src/formats/index.js';
import { createProfile } from '../../src/identity/profile.js';
import { sessions } from '../../src/identity/session.js';
import { createTab } from '../../src/identity/tab.js';
import { dropOuts, stages } from '../../src/journey/index.js';
import type { Enrich, Tools } from '../../src/plugin.js';
import { hashId, hashTimeId } from '../../src/util/hash-id.js';

export const NOON = Date.UTC(2026, 5, 1, 12);
export const BATCH: BatchInfo = { id: '0197dcd0-8c00-7000-8000-0123456789ab', attempt: 1, time: NOON + 60_000, durable: true, dropped: {}, unsure: [] };

export const MUG = { item_id: 'A1', item_name: 'Mug', item_category: 'Kitchen', item_brand: 'Acme', price: 12.5, quantity: 2 };
export const ORDER = { transaction_id: 'T-1', value: 25, currency: 'EUR', tax: 4, shipping: 3, items: [MUG] };

/** A visitor of a shop, whose events become rows the way the tracker makes them. The same calls make the same rows. */
export function openVisit({ userId, models = ['journey', 'aida'] }: { userId?: string; models?: string[] } = {}) {
  const enrich: Enrich[] = [];
  const tools: Partial<Tools> = { enrich, merges: [], screen: { scrubs: [] } as unknown as Tools['screen'], tracker: { on: () => () => {} } as unknown as Tools['tracker'], reject() {} };
  sessions()(tools as Tools);
  stages({ models })(tools as Tools);
  dropOuts()(tools as Tools);
  const profile = { ...createProfile(NOON), id: hashId('visitor'), ...(userId ? { userId } : {}) };
  const tab = createTab('waymark-test', () => true);
  let now = NOON;
  let page: Context['page'];

  function go(path: string, title: string, referrer?: string): void {
    page = { id: hashId(path), url: `https://shop.example${path}`, title, referrer };
  }
  go('/mugs?utm_source=instagram&utm_medium=social&utm_campaign=spring', 'Mugs', 'https://www.instagram.com/');
  return {
    go,
    identify: (id: string) => (profile.userId = id),
    wait: (hours: number) => (now += hours * 3_600_000),
    track(name: string, properties: Record<string, unknown> = {}): Row {
      now += 1000;
      const copied = JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
      return stampEvent({ id: hashTimeId(name, now, 0), name, time: now, properties: copied, seen: { page } }, profile, tab, enrich, (event) => event)!.row;
    },
  };
}

/** A whole visit: an arrival, a product, the cart, a search, the order, money back, a review, and what is measured. */
export function wholeVisit(options?: Parameters<typeof openVisit>[0]): Row[] {
  const { track, go, identify } = openVisit(options);
  const campaign = { source: 'instagram', medium: 'social', name: 'spring' };
  const rows = [
    track('social_landing', { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', confidence: 'high', campaign }),
    track('page_view'),
    track('view_item', { items: [{ ...MUG, quantity: 1 }], value: 12.5, currency: 'EUR' }),
    track('search', { search_term: 'mug' }),
    track('add_to_cart', { items: [MUG], value: 25, currency: 'EUR', cart_id: 'C-1' }),
    track('begin_checkout', { items: [MUG], value: 25, currency: 'EUR', cart_id: 'C-1' }),
    track('add_payment_info', { items: [MUG], value: 25, currency: 'EUR', payment_type: 'card' }),
  ];
  identify('customer-7');
  rows.push(track('identify', { traits: { plan: 'gold' } }));
  go('/thanks', 'Thank you');
  rows.push(
    track('page_view'),
    track('purchase', ORDER),
    track('refund', { transaction_id: 'T-1', value: 25, currency: 'EUR' }),
    track('review_submit', { rating: 5, nested: { list: [1, null, { deep: 'yes' }] } }),
    track('cart_abandon', { reason: 'idle', provisional: false, level: 'cart', items: [MUG], value: 25, currency: 'EUR' }),
    track('web_vitals', { lcp: 1200, inp: 48, cls: 0.0321, fcp: 600, ttfb: 100 }),
    track('engagement', { visible_seconds: 12.3, scroll_percent: 80 }),
    track('follow', { network: 'instagram', url: 'https://www.instagram.com/shop' }),
  );
  return rows;
}

/** Returns a row with other things in its context; `undefined` takes them out. */
export const withContext = (row: Row, changed: Record<string, unknown>): Row => ({ ...row, context: JSON.stringify({ ...(JSON.parse(row.context) as object), ...changed }) });

/** Returns the row of an event by its name. */
export const named = (rows: readonly Row[], name: string): Row => rows.find(({ event }) => event.includes(`"name":"${name}"`))!;
