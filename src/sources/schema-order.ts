import type { Fields } from '../commerce/item.js';
import { DAY_MS, numeric, oneOf, plain, within } from './schema-node.js';
import { currencyOf, priceOf } from './schema-price.js';
import { itemOf } from './schema-product.js';

/** Returns the number of an order; undefined for a text that stands for nothing. */
export type NumberOf = (given: unknown) => string | number | undefined;

/** What names an order, best first. */
const NUMBERS = ['orderNumber', 'confirmationNumber'];

/** Returns the number that an order says, be it one or not. */
export const numberIn = (node: Fields): unknown => oneOf(node, NUMBERS.join(' '));

/** Returns the `purchase` of an Order that was just placed; undefined for one that is under way, one that is older than a day, or one without a number. */
export function readOrder(node: Fields, now: number, numberOf: NumberOf): Fields | undefined {
  const transaction_id = NUMBERS.map((name) => numberOf(oneOf(node, name))).find((id) => id !== undefined);
  const isPlaced = /^(undefined|.*(Processing|PaymentDue))$/.test(`${plain(node.orderStatus)}`);
  if (!transaction_id || !isPlaced || now - Date.parse(`${plain(node.orderDate)}`) > DAY_MS) return undefined;
  const lines = within(node.acceptedOffer ?? node.orderedItem);
  const items = lines.map((line) => {
    const [product = line] = within(line.itemOffered ?? line.orderedItem);
    return {
      ...itemOf(product, priceOf([line, product.offers], now).price),
      quantity: oneOf(line, 'orderQuantity') ?? oneOf(line.eligibleQuantity, 'value'),
    };
  });
  const due = [node.totalPaymentDue, ...within(node.partOfInvoice).map(({ totalPaymentDue }) => totalPaymentDue)];
  return {
    transaction_id,
    currency: currencyOf([node, due]) ?? priceOf(lines, now).currency,
    value: numeric(oneOf(node, 'price') ?? oneOf(due, 'price value')),
    items: items.length ? items : undefined,
  };
}
