import { ago, duration } from './clock.js';
import { html, setText, showFew } from './dom.js';
import { arrivalName, count, describeArrival, itemName, money, moneySum, pageName, visitorName } from './words.js';

/** Carts shown in a column before one asks for more. */
const FEW = 4;

/** What an empty column says. */
const NONE = { abandoned: 'None. Nobody left anything behind.', open: 'None right now.', bought: 'None yet.' };

/** What a browser says of why and how far; empty where it does not say. */
const REASONS = { exit: 'left for now', idle: 'not touched for a while', return: 'found at the next visit' };
const LEVELS = { browse: 'put in', cart: 'looked at the cart', checkout: 'began the checkout' };

/** What the tracker noted of an order. */
const FLAGS = { no_items: 'told without items', other_currency: 'in another currency than the cart' };

/**
 * Shows the abandoned, open and bought carts.
 *
 * @param {{ totals: Record<string, any>, shown: any[] }} carts `carts` of the snapshot
 * @param {number} silentAfterMs
 */
export function showCarts(carts, silentAfterMs) {
  const { totals, shown } = carts;
  setText(document.getElementById('carts-about'),
    `Abandoned: the browser told so. Open: nobody told, be it that the visitor is still there or that the browser could not; it is called silent after ${duration(silentAfterMs)} without an event.`);
  for (const column of document.querySelectorAll('#carts [data-state]')) {
    const { state } = column.dataset;
    const total = totals[state];
    setText(column.querySelector('.total'), total.count === 0 ? NONE[state] : [count(total.count, 'cart'), totalValue(total), remark(state, totals)].filter(Boolean).join(' · '));
    showFew(column.querySelector('ul'), {
      entries: shown.filter((cart) => cart.state === state), few: FEW, keyOf, render: renderCart,
      again: () => showCarts(carts, silentAfterMs),
    });
  }
}

/** What else is to be said of a column. */
function remark(state, { silent, provisional }) {
  if (state === 'open' && silent.count > 0) return `${silent.count} silent`;
  if (state === 'abandoned' && provisional.count > 0) return `${provisional.count} for now`;
}

/** What the shop's carts are in, as the latest of them says; undefined as long as none does. */
let currency;

/** The value of several carts; of none, nothing in the shop's currency. */
export const totalValue = ({ values }) => moneySum(values) || (currency === undefined ? '0' : money(0, currency));

/**
 * Learns the shop's currency, for sums of nothing.
 *
 * @param {{ shown: any[] }} carts `carts` of the snapshot
 */
export function learnCurrency({ shown }) {
  currency = shown.find((cart) => typeof cart.currency === 'string')?.currency ?? currency;
}

/** A shop may use a cart's id again after a purchase. */
const keyOf = ({ visitor, cart_id, transaction_id }) => JSON.stringify([visitor, cart_id, transaction_id]);

function renderCart(cart) {
  const { visitor, user_id, state, items, value, currency, touchpoint, page, transaction_id } = cart;
  const bought = state === 'bought';
  return html('li', { class: 'cart', 'data-silent': cart.silent ? '' : null },
    html('p', { class: 'cart-value' }, money(value, currency), html('span', {}, age(cart))),
    html('ul', { class: 'items plain' }, ...items.map((item) =>
      html('li', {}, html('span', {}, itemName(item)), html('span', {}, money(item.price * item.quantity, currency))))),
    ...marks(cart).map((text) => html('p', { class: 'mark' }, text)),
    html('p', { class: 'quiet' }, ...describeArrival(touchpoint)),
    html('p', { class: 'quiet', title: visitor }, visitorName(visitor, user_id),
      bought ? (transaction_id ? ` · order ${transaction_id}` : '') : ` · last on ${pageName(page)}`));
}

function age({ state, left, silent, touched, idle_since }) {
  if (state === 'bought') return ago(touched, '', ' ago');
  if (state === 'abandoned') return ago(left.at, 'left ', ' ago');
  return ago(idle_since, silent ? 'silent ' : 'idle ', '');
}

/** What is known of how the cart was left, taken up again, and of what became of the order. */
function marks({ left, items, recovered, flags, cancelled, refunds }) {
  const seen = left?.item && (items.find(({ item_id }) => item_id === left.item)?.item_name ?? left.item);
  const told = left && [LEVELS[left.level], REASONS[left.reason], seen && `last looked at ${itemName({ item_name: seen })}`];
  const back = recovered && ['recovered', recovered.channel && `by ${arrivalName(recovered)}`, recovered.seconds !== null && `after ${duration(recovered.seconds * 1000)}`];
  return [
    told?.filter(Boolean).join(' · '),
    back?.filter(Boolean).join(' '),
    ...flags.map((flag) => FLAGS[flag]),
    cancelled && 'cancelled',
    refunds.length > 0 && ['refunded', moneySum(refunds.filter(({ value }) => value !== null))].join(' ').trim(),
  ].filter(Boolean);
}
