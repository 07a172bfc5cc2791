import { inOrder } from './journeys.mjs';
import { number, sumValues, text } from './values.mjs';

/** How a browser found a cart abandoned: left the shop (for now), not touched in any tab for a while, found so at the next visit. */
export const REASONS = ['exit', 'idle', 'return'];

/** How far somebody had gone with the cart, the furthest first. */
export const LEVELS = ['checkout', 'cart', 'browse'];

/** Ways back shown; of the others, only the number is told. Our choice. */
const MAX_WAYS = 10;

/** One of these words, null for all else: a stranger may send anything. */
export const oneOf = (words, value) => (words.includes(value) ? value : null);

/**
 * What browsers told of abandoned carts. A cart that was changed and left again is another abandonment.
 *
 * - `levels`: how far people had gone, the furthest first, with how many abandonments there were, how many for each reason, and how
 *   many of them a `cart_recover` names. Those by `exit` are provisional: who closes the tab may be back in a minute.
 * - `ways`: how people came back, the most frequent first: channel and network (null: by themselves, or not known), the median time
 *   away in seconds, from when they were last active, not from when the cart was found abandoned; and how many bought that cart.
 *
 * Money is in `values`, per currency; currencies are not added to each other.
 *
 * @param {any[]} events complete events, in any order
 * @param {(event: any) => boolean} [isInTime] which abandonments and recoveries count, by when they were; default: all. Whether an abandonment was
 *   recovered, and whether the cart was bought, is told by everything
 */
export function abandonments(events, isInTime = () => true) {
  const left = new Map();
  const recoveries = new Map();
  const bought = new Set();
  for (const event of inOrder(events)) {
    const { id, name, visitor, properties } = event;
    const { cart_id, value, currency } = properties;
    const worth = { value: number(value), currency: text(currency) };
    const cart = JSON.stringify([visitor.id, text(cart_id)]);
    if (name === 'purchase') bought.add(cart);
    if (name === 'cart_abandon') left.set(id, { reason: oneOf(REASONS, properties.reason), level: oneOf(LEVELS, properties.level), counts: isInTime(event), idle: idleSeconds(event), ...worth });
    // An abandonment is over once; a second word of it has nothing to add.
    if (name === 'cart_recover' && !recoveries.has(text(properties.abandonment_id) ?? id)) {
      const { abandonment_id, channel, network, seconds, by } = properties;
      recoveries.set(text(abandonment_id) ?? id, { cart, by, channel: text(channel), network: text(network), of: text(abandonment_id), seconds: number(seconds), counts: isInTime(event), ...worth });
    }
  }
  const all = [...left].map(([id, each]) => ({ ...each, recovered: recoveries.has(id) })).filter(({ counts }) => counts);
  const taken = [...recoveries.values()].filter(({ counts }) => counts);
  const ways = waysBack(taken.map((each) => ({ ...each, seconds: each.seconds === null ? null : each.seconds + (left.get(each.of)?.idle ?? 0), bought: each.by === 'purchase' || bought.has(each.cart) })));
  return {
    ...summary(all),
    levels: [...LEVELS, null].map((level) => ({ level, ...summary(all.filter((each) => each.level === level)) })).filter(({ count }) => count > 0),
    recoveries: total(taken),
    ways: ways.slice(0, MAX_WAYS),
    more_ways: Math.max(0, ways.length - MAX_WAYS),
  };
}

/** How long somebody had not been active when the cart was found abandoned, in seconds; 0 where that is not told. */
function idleSeconds({ time, properties }) {
  const seconds = (Date.parse(time) - Date.parse(text(properties.last_active))) / 1000;
  return seconds > 0 ? Math.round(seconds) : 0;
}

const total = (own) => ({ count: own.length, values: sumValues(own) });

const summary = (own) => ({
  ...total(own),
  reasons: Object.fromEntries(REASONS.map((reason) => [reason, total(own.filter((each) => each.reason === reason))])),
  recovered: total(own.filter(({ recovered }) => recovered)),
});

function waysBack(recoveries) {
  const ways = new Map();
  for (const recovery of recoveries) {
    const key = JSON.stringify([recovery.channel, recovery.network]);
    ways.set(key, ways.get(key) ?? []).get(key).push(recovery);
  }
  return [...ways.values()].sort((a, b) => b.length - a.length).map((own) => ({
    channel: own[0].channel, network: own[0].network, ...total(own),
    seconds: median(own.map(({ seconds }) => seconds).filter((seconds) => seconds !== null)),
    bought: own.filter((each) => each.bought).length,
  }));
}

/** The one in the middle, of an even number the lower one; null of none. */
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.ceil(numbers.length / 2) - 1] ?? null;
