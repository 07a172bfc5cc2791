import type { Fields } from './item.js';

/**
 * What templates and scripts write where they know no number, in capitals or not: names of nothing, also after a mark (`#undefined`) or several; signs alone,
 * zeros, `(not set)`, and what should have been replaced by one: `{{order_id}}`, `${id}`, `%%ID%%`, `<%= id %>`, `[[id]]`, `{id}`, `#{id}`, `*|ID|*`, `__ID__`.
 */
const NOTHING = /^(#?0+|\(.*\)|\[object .*|\{.*\}|<.*>|__.*__|n\.a\.?|none|nan|nil|unknown|true|false)$|^([^\p{L}\p{N}\p{So}]|undefined|null|n\/a)*$|[{<[%$#][{[%]|\*\|/iu;
/** Names of nothing within an id (`order-undefined`, `ORD_null`), where no number tells it from the next one's: the number of a year alone does not. */
const UNFILLED = /undefined|object object|(^|[^\p{L}\s])(null|nan)([^\p{L}\s]|$)|(order|ord|id)\s*(null|nan)$/iu;
const UNNUMBERED = /^(20\d\d(?!\d)|\P{N})*$/u;
/** What stands before an order's number, without one: `order-`, `ORD-000`, `Order #unknown`. Articles may be called so. */
const BARE_PREFIX = /^\p{L}[\p{L}\s]*[-_#:/=][-_#:/=\s]*(0*|none|nil|unknown|n\/a|false|true|\(.*\))$/iu;
/** Blanks, and what cannot be seen, around a text. */
const EDGES = /^[\s\u200b-\u200f\u2060]+|[\s\u200b-\u200f\u2060]+$/g;

const trim = (given: unknown) => (typeof given === 'string' ? given.replace(EDGES, '') : given);

/** Returns an id, without blanks around it; undefined for what is none: no text or number, or a text that stands for nothing. */
export function readId(given: unknown): string | number | undefined {
  const id = trim(given);
  return /^[sn]/.test(typeof id) && !NOTHING.test(`${id as string}`) ? (id as string | number) : undefined;
}

/** Returns whether a part of an id that tells it from others was not filled in: all that are made so are the same. */
const isUnfilled = (id?: string | number) => UNFILLED.test(`${id}`) && UNNUMBERED.test(`${id}`);

/** Returns the number of an order, as `readId` does; undefined also for a prefix with nothing behind it, or with the name of nothing. */
export function readOrderNumber(given: unknown): string | number | undefined {
  const id = readId(given);
  return isUnfilled(id) || BARE_PREFIX.test(`${id}`) ? undefined : id;
}

/**
 * Returns an item with GA4's `item_id` and `item_name`: without them, it is called by its `id` and `name`, as gtag.js did before. One that stands for nothing
 * is left out, and so are blanks around a variant: it tells lines apart. What is no item stays as it is.
 */
export function nameItem(given: unknown): unknown {
  if (Object(given) !== given) return given;
  const item = { ...(given as Fields) };
  for (const name of ['id', 'name']) {
    const [own, other] = [item[`item_${name}`], item[name]].map(readId).map((said) => (name === 'id' && isUnfilled(said) ? undefined : said));
    const said = own ?? other;
    // Beside an item_id, an id is something of the shop's own.
    if (!own) delete item[name];
    delete item[`item_${name}`];
    if (said) item[`item_${name}`] = said;
  }
  if (item.item_variant) item.item_variant = trim(item.item_variant);
  return item;
}
