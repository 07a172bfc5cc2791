import { ago, duration } from './clock.js';
import { html, setText, showFew } from './dom.js';
import { count, describeArrival, itemName, money, moneySum, pageName, visitorName } from './words.js';

/** Carts shown in a column before one asks for more. */
const FEW = 4;

/** What an empty column says. */
const NONE = { abandoned: 'None. Nobody left anything behind.', open: 'None right now.', bought: 'None yet.' };

/**
 * Shows the abandoned, open and bought carts.
 *
 * @param {{ totals: Record<string, any>, shown: any[] }} carts `carts` of the snapshot
 * @param {number} abandonedAfterMs
 */
export function showCarts(carts, abandonedAfterMs) {
  const { totals, shown } = carts;
  setText(document.getElementById('carts-about'),
    `A cart counts as abandoned once its visitor has been idle for ${duration(abandonedAfterMs)}.`);
  for (const column of document.querySelectorAll('#carts [data-state]')) {
    const { state } = column.dataset;
    const total = totals[state];
    setText(column.querySelector('.total'), total.count === 0 ? NONE[state] : `${count(total.count, 'cart')} · ${totalValue(total)}`);
    showFew(column.querySelector('ul'), {
      entries: shown.filter((cart) => cart.state === state), few: FEW, keyOf, render: renderCart,
      again: () => showCarts(carts, abandonedAfterMs),
    });
  }
}

/** The value of several carts. */
export const totalValue = ({ values }) => moneySum(values) || money(0, 'EUR');

/** A shop may use a cart's id again after a purchase. */
const keyOf = ({ visitor, cart_id, transaction_id }) => JSON.stringify([visitor, cart_id, transaction_id]);

function renderCart({ visitor, user_id, state, items, value, currency, touchpoint, page, idle_since, touched, transaction_id }) {
  const bought = state === 'bought';
  return html('li', { class: 'cart' },
    html('p', { class: 'cart-value' }, money(value, currency), html('span', {}, bought ? ago(touched, '', ' ago') : ago(idle_since, 'idle ', ''))),
    html('ul', { class: 'items plain' }, ...items.map((item) =>
      html('li', {}, html('span', {}, itemName(item)), html('span', {}, money(item.price * item.quantity, currency))))),
    html('p', { class: 'quiet' }, ...describeArrival(touchpoint)),
    html('p', { class: 'quiet', title: visitor }, visitorName(visitor, user_id),
      bought ? (transaction_id ? ` · order ${transaction_id}` : '') : ` · last on ${pageName(page)}`));
}
