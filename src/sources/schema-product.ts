import type { Fields } from '../commerce/item.js';
import { numeric, oneOf, plain, within, type Plain } from './schema-node.js';
import { priceOf } from './schema-price.js';
import { chooseVariant } from './variant.js';

/** What tells whether two tell of one product. */
export type Keys = [ids: string[], names: string[]];

/** What markup says of one product. */
export interface MarkedProduct {
  /** The properties of `view_item`. */
  product: Fields;
  /** What it is known by, for comparing. */
  keys: Keys;
  /** Its own address, where the markup says it. */
  url: string | undefined;
}

/** In which fields JSON-LD says what an item is; what names it best comes first. */
const ITEM = {
  item_id: 'sku productGroupID productID gtin gtin13 gtin14 gtin12 gtin8 mpn',
  item_name: 'name',
  item_brand: 'brand manufacturer',
  item_category: 'category',
};

/**
 * Returns an item, without how many.
 *
 * @param fields in which it is said what the item is; default: those of JSON-LD
 */
export const itemOf = (node: Fields, price: unknown, fields: Readonly<Record<string, string>> = ITEM): Fields => ({
  ...Object.fromEntries(Object.entries(fields).map(([name, own]) => [name, oneOf(node, own)])),
  price,
});

/** Returns the items of an event, which may be one by itself. */
export const itemsOf = (properties: Fields): Fields[] => within(properties.items ?? properties);

/** Returns an id or a name as it is compared: whatever its case and spaces, with entities decoded; an empty text for none. */
const keyOf = (said: unknown) =>
  String(plain(said) ?? '')
    .replace(/\s+/g, ' ')
    .toLowerCase();

/** Returns what names the products of an event, or those that JSON-LD describes. */
export const keysOf = (nodes: readonly Fields[], ids = 'item_id', name = 'item_name'): Keys =>
  [ids, name].map((fields) =>
    nodes.flatMap((node) => fields.split(' ').flatMap((field) => keyOf(node[field]) || [])),
  ) as Keys;

/**
 * Returns whether two tell of one product.
 *
 * @param isStrict whether, where both have an id, that alone decides: a variant has its product's name. Otherwise one of id and name has to do
 */
export function isSame([ids, names]: Keys, [otherIds, otherNames]: Keys, isStrict = false): boolean {
  const share = (some: string[], others: string[]) => some.some((key) => others.includes(key));
  return share(ids, otherIds) || (!(isStrict && ids[0] && otherIds[0]) && share(names, otherNames));
}

/** Returns the `view_item` of an item; none for an item that says nothing of what it is. */
export const viewOf = (item: Fields, currency: Plain | undefined, others?: Fields): Fields | undefined =>
  item.item_id || item.item_name ? { currency, value: item.price, ...others, items: [item] } : undefined;

/** Returns the address that a product or its offer gives itself. */
const urlOf = (node: Fields) => oneOf([node, node.offers], 'url') as string | undefined;

/** Returns the `view_item` of a Product, or of a ProductGroup: as the variant or the offer that the address names, else as a whole, at the first variant's price. */
export function readProduct(node: Fields, address: string, now: number): MarkedProduct | undefined {
  const variants = within(node.hasVariant);
  const offers = within(node.offers, ['offers']);
  const choices = variants.length ? variants : offers.length > 1 ? offers : [];
  const choice = chooseVariant(
    choices.map((each) => ({ each, url: urlOf(each) ?? (oneOf(each, '@id') as string | undefined) })),
    oneOf(node, 'url') as string | undefined,
    address,
  )?.each;
  const named = choice && (variants.length ? choice : { sku: choice.sku ?? node.sku, offers: choice });
  const whole: Fields = { offers: variants.map((each) => each.offers), ...node, ...named };
  const { price, currency } = priceOf(whole.offers, now);
  const product = viewOf(itemOf(whole, price), currency, {
    rating: numeric(oneOf(whole.aggregateRating, 'ratingValue')),
    review_count: numeric(oneOf(whole.aggregateRating, 'reviewCount ratingCount')),
  });
  return (
    product && {
      product,
      keys: keysOf([whole, ...(named ? [] : variants.slice(0, 1))], ITEM.item_id, ITEM.item_name),
      url: urlOf(whole),
    }
  );
}
