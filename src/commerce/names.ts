import type { Fields } from './item.js';

/**
 * What templates and scripts write where they know no number, in capitals or not: names of nothing, also after a mark (`#undefined`) or several; signs alone,
 * zeros, `(not set)`, and what should have been replaced by one: `{{order_id}}`, `${id}`, `%%ID%%`, `<%= id %>`, `[[id]]`, `{id}`, `#{id}`, `*|ID|*`, `__ID__`.
 */
const NOTHING = /^(#?0+|\(.*\)|\[object .*|\{.*\}|<.*>|__.*__|n\.a\.?|none|nan|nil|unknown|true|false)$|^([^\p{L}\p{N}\p{So}]|undefined|null|n\/a)*$|[{<[%$#][{[%]|\*\|/iu;
/** Blanks, and what cannot be seen, around a text. */
const EDGES = /^[\s\u200b-\u200f\u2060]+|[\s\u200b-\u200f\u2060]+$/g;

/** Returns an id, without blanks around it; undefined for what is none: no text or number, or a text that stands for nothing. */
export function readId(given: unknown): string | number | undefined {
  const id = typeof given === 'string' ? given.replace(EDGES, '') : given;
  return /^[sn]/.test(typeof id) && !NOTHING.test(`${id as string}`) ? (id as string | number) : undefined;
}

/**
 * Returns an item with GA4's `item_id` and `item_name`: without them, it is called by its `id` and `name`, as gtag.js did before. One that stands for nothing
 * is left out. What is no item stays as it is.
 */
export function nameItem(given: unknown): unknown {
  if (Object(given) !== given) return given;
  const item = { ...(given as Fields) };
  for (const name of ['id', 'name']) {
    const own = readId(item[`item_${name}`]);
    const said = own ?? readId(item[name]);
    // Beside an item_id, an id is something of the shop's own.
    if (!own) delete item[name];
    delete item[`item_${name}`];
    if (said) item[`item_${name}`] = said;
  }
  return item;
}
