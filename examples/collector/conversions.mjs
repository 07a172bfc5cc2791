import { inOrder } from './journeys.mjs';
import { number, text } from './values.mjs';

/**
 * The conversions in order: purchases, subscriptions and the shop's own goals, each with the `path` of arrivals that led there. The
 * tracker gives a path to what is one; a stage alone does not say so, for other events bear it after the purchase. An order counts once
 * for its visitor and number, however often its event was made; those without a visitor have null for one.
 *
 * @param {any[]} events complete events, in any order
 * @returns {{ event: any, visitor: string | null, time: number, purchase: boolean, path: any[], value: number | null, currency: string | null }[]}
 */
export function conversionsOf(events) {
  const orders = new Set();
  const conversions = [];
  for (const event of inOrder(events)) {
    const { name, journey, properties, touchpoint } = event;
    const visitor = event.visitor?.id ?? null;
    const purchase = name === 'purchase';
    if (!purchase && !journey?.path) continue;
    const order = text(properties.transaction_id);
    const key = JSON.stringify([visitor, order]);
    if (order !== null && orders.has(key)) continue;
    orders.add(key);
    // Without a path, the arrival that the event itself names is all that is known.
    const path = journey?.path?.length ? journey.path : touchpoint ? [touchpoint] : [];
    conversions.push({
      event, visitor, time: Date.parse(event.time), purchase, path,
      value: number(properties.value), currency: text(properties.currency),
    });
  }
  return conversions;
}
