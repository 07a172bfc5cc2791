import { ownerOf } from './event.mjs';
import { isArrival } from './filters.mjs';
import { cutAddress, sumValues, number, text } from './values.mjs';

/** Pages listed; of the others, only the number is told. Our choice. */
const MAX_PAGES = 8;

/** Longest address kept. Our choice: a page is told by its path. */
const MAX_ADDRESS = 300;

/**
 * What events say that bear no visitor: each page view stands alone, and nobody can tell how many people they were. `visits` are the
 * page views that told anything. An order counts once for its number. `pages` are those seen most, without their query.
 *
 * @param {any[]} events complete events without a visitor, in any order
 */
export function anonymousFigures(events) {
  const pages = new Map();
  const orders = new Map();
  for (const { id, name, page, properties } of events) {
    if (name === 'page_view') {
      const address = page?.url == null ? null : cutAddress(page.url.split(/[?#]/)[0], MAX_ADDRESS);
      pages.set(address, (pages.get(address) ?? 0) + 1);
    }
    if (name === 'purchase') {
      const order = text(properties.transaction_id) ?? id;
      if (!orders.has(order)) orders.set(order, { value: number(properties.value), currency: text(properties.currency) });
    }
  }
  const ranked = [...pages].sort(([, a], [, b]) => b - a);
  return {
    visits: new Set(events.map(ownerOf)).size,
    events: events.length,
    views: ranked.reduce((sum, [, views]) => sum + views, 0),
    arrivals: events.filter(isArrival).length,
    orders: { count: orders.size, values: sumValues([...orders.values()]) },
    pages: ranked.slice(0, MAX_PAGES).map(([page, views]) => ({ page, views })),
    more_pages: Math.max(0, ranked.length - MAX_PAGES),
  };
}
