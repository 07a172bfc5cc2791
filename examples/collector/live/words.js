import { html } from './dom.js';

/** Longest property value shown. Whole values are in `GET /events`. */
const MAX_TEXT = 80;

/** The stages that have a colour and a lane, in order. */
export const STAGES = ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'];

/** Names that do not just take a capital. */
const NETWORKS = new Map([
  ['tiktok', 'TikTok'], ['youtube', 'YouTube'], ['linkedin', 'LinkedIn'], ['whatsapp', 'WhatsApp'], ['x', 'X'],
  ['chatgpt', 'ChatGPT'], ['duckduckgo', 'DuckDuckGo'],
]);

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const clip = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '')}…` : text);

/** A property as text, empty where it is none: a stranger may send anything. */
const asText = (value) => (typeof value === 'string' || typeof value === 'number' ? clip(String(value)) : '');

/** A name of the tracker's as words: `paid_social` is `paid social`, `ai_assistant` is `AI assistant`. */
export const spaced = (text) => clip(text.replaceAll('_', ' ').replace(/^ai /, 'AI '));

/** What stands where a tracker does not say: one without pages, stages or landings leaves them out. */
export const UNKNOWN = '—';

/** `3 carts`, `1 cart`. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** A channel or a way of sharing as a name: `paid_social` is `Paid social`, `whatsapp` is `WhatsApp`. */
export const properName = (name) => clip(NETWORKS.get(name) ?? capital(spaced(name)));

export const percent = (share) => `${Math.round(share * 100)} %`;

/** A share of which the last hundredth counts: never rounded up, so that only all is 100 %. Nothing known of null. */
export const share = (part) => (part === null ? UNKNOWN : `${Math.floor(part * 10_000) / 100} %`);

/** A user id where the shop has told it, else the end of the random id: its beginning may be a time that many share. */
export const visitorName = (id, userId) => (userId ? clip(userId) : `visitor ${id.slice(-6)}`);

/** A page by its path: every page of a shop has the same host. */
export function pageName(page) {
  if (!page) return UNKNOWN;
  try {
    return clip(decodeURI(new URL(page.url).pathname));
  } catch {
    return clip(page.url); // not an address that browsers understand, or broken percent signs: shown as it came
  }
}

/** Where a visitor came from: the network, else the channel. */
export function arrivalName(touchpoint) {
  if (!touchpoint) return UNKNOWN;
  const { network, channel } = touchpoint;
  return properName(network ? network : channel);
}

/** An arrival as the content of an element: its name, then what else is known of it: `paid social, throw-carousel`. */
export function describeArrival(touchpoint) {
  if (!touchpoint) return [UNKNOWN];
  const { network, channel, paid, campaign } = touchpoint;
  const details = [
    // Without a network the channel is the name already.
    network && spaced(channel),
    network && paid && !channel.startsWith('paid') && 'paid',
    campaign?.name,
  ].filter(Boolean).map(clip).join(', ');
  return [html('b', {}, arrivalName(touchpoint)), ` ${details}`];
}

/** An amount in its currency, or the bare number where the currency is none. */
export function money(value, currency) {
  if (typeof value !== 'number') return '';
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(value);
  } catch {
    return `${value.toFixed(2)}${typeof currency === 'string' ? ` ${clip(currency)}` : ''}`; // Intl throws on a currency that is not three letters
  }
}

/** Amounts in several currencies, which are not added to each other. Empty where there are none. */
export const moneySum = (values) => values.map(({ value, currency }) => money(value, currency)).join(' + ');

/** One item of a cart: `Stoneware mug, moss × 2`. */
export function itemName({ item_name, item_id, item_variant, quantity }) {
  const name = [asText(item_name) || asText(item_id), asText(item_variant)].filter(Boolean).join(', ');
  return typeof quantity === 'number' && quantity > 1 ? `${name} × ${quantity}` : name;
}

/** What matters most in an event's properties, as a line of text. */
export function keyProperties(properties) {
  const { items, value, currency, search_term, transaction_id, item_list_name, channel, campaign } = properties;
  const order = asText(transaction_id);
  const search = asText(search_term);
  const known = [
    order && `order ${order}`,
    search && `“${search}”`,
    asText(item_list_name),
    ...itemNames(items),
    money(value, currency),
    spaced(asText(channel)),
    asText(campaign?.name),
  ].filter(Boolean);
  if (known.length > 0) return known.join(' · ');
  return Object.entries(properties)
    .filter(([, content]) => typeof content !== 'object')
    .slice(0, 2)
    .map(([name, content]) => clip(`${spaced(name)} ${content}`))
    .join(' · ');
}

function itemNames(items) {
  if (!Array.isArray(items) || items.length === 0) return [];
  const first = itemName(items[0] ?? {});
  return [first, items.length > 1 && `${items.length - 1} more`];
}

/** A stage as a coloured label. A stage that is none of ours stays grey. */
export const stageLabel = (stage) =>
  stage === undefined ? html('span', { class: 'quiet' }, UNKNOWN) : html('span', { class: 'stage', 'data-stage': stage }, spaced(stage));
