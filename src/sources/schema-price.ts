import type { Fields } from '../commerce/item.js';
import { DAY_MS, numeric, oneOf, plain, within, type Plain } from './schema-node.js';

/** What prices are called that are paid, best first. Others are not: what is struck through, recommended, the lowest that may be advertised. */
const PAID = ['sale', 'undefined', 'regular'];
const AMOUNT = 'price lowPrice';

/** What is paid. */
export interface Price {
  price: Plain | undefined;
  currency: Plain | undefined;
}

/** Returns what the type of a price, or another word of schema.org's, is called, in small letters: said by itself, by its address, or as a thing. */
const nameOf = (value: unknown) => `${plain(value) ?? oneOf(value, '@id url')}`.replace(/.*[/#:]/, '').toLowerCase();
/** Whether a price is of another day, as far as its dates say; the last day counts. */
const isPast = (node: Fields, now: number) =>
  Date.parse(`${oneOf(node, 'priceValidUntil validThrough')}`) + DAY_MS < now ||
  Date.parse(`${oneOf(node, 'validFrom')}`) > now;
/** Whether an offer is none that one can take. */
const isGone = ({ availability }: Fields) => /^(outofstock|soldout|discontinued)/.test(nameOf(availability));

/** Returns the currency that a thing, or the first of several that says it, is in. */
export const currencyOf = (nodes: unknown): Plain | undefined => oneOf(nodes, 'priceCurrency currency');

/**
 * Returns price and currency that the buyer pays, by the first offer that has a price: that of a sale, else one of no type, else the regular one. Prices of
 * members, and of a litre or a metre, come after those of everybody and the whole; so do prices of another day, and offers that are sold out.
 */
export function priceOf(given: unknown, now: number): Price {
  const offers = within(given, ['offers']);
  const paid = offers.flatMap((offer) =>
    within(offer, ['priceSpecification']).flatMap((node) => {
      const type = PAID.findIndex((name) => nameOf(node.priceType).startsWith(name));
      if (type < 0 || oneOf(node, AMOUNT) === undefined) return [];
      const isOfSome = node.validForMemberTier ?? node.referenceQuantity;
      // Each of these weighs more than all that come after it.
      const against = [isGone(offer), isPast(offer, now), isOfSome, !isOfSome && isPast(node, now)];
      return [{ node, rank: Number(against.map((each) => (each ? 1 : 0)).join('') + type) }];
    }),
  );
  const [best] = paid.sort((one, other) => one.rank - other.rank);
  return { price: numeric(oneOf(best?.node, AMOUNT)), currency: currencyOf([best?.node, ...offers]) };
}
