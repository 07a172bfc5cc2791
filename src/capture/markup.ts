import { ofDocument } from '../browser/of-document.js';
import type { Fields } from '../commerce/item.js';
import type { TrackedEvent } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { Plugin } from '../plugin.js';
import { cut } from '../util/cut.js';
import { readUrl } from '../util/url.js';

/** What a page's markup is about. */
export interface Marked {
  /** The properties of `view_item`, where the page is about one product. */
  product?: Fields | undefined;
  /** The product's own address, where the markup says it. */
  url?: string | undefined;
  /** The properties of `purchase`, where the page confirms one order. */
  order?: Fields | undefined;
}

/** Longest script that is read, in characters. Our choice: the largest product markup seen in shops is below a tenth of it. */
const MAX_SCRIPT = 200_000;
/** How far lists, graphs and main entities may lie in each other. Our choice. */
const MAX_DEPTH = 6;
/** Longest text that is kept, in characters. Our choice. */
const MAX_TEXT = 500;
/** How old an order may be that was just placed, in milliseconds: a day, so that a date without its time will do. Our choice. */
const MAX_ORDER_MS = 24 * 3600_000;

/** What names a product best comes first. */
const IDS = ['sku', 'productGroupID', 'productID', 'gtin', 'gtin13', 'gtin14', 'gtin12', 'gtin8', 'mpn'];

const isObject = (value: unknown): value is Fields => Object(value) === value;

/** Returns a value, or the first of several, as a text or a number; of an object, its name. Undefined where it says nothing. */
function plain(value: unknown): string | number | undefined {
  const [first] = [value].flat() as unknown[];
  const said = isObject(first) ? (first.name ?? first['@value']) : first;
  return typeof said === 'number' ? said : (typeof said === 'string' && cut(said.trim(), MAX_TEXT)) || undefined;
}

/** Returns the first of these fields that says something. */
const oneOf = (fields: Fields, ...names: string[]) => names.map((name) => plain(fields[name])).find((said) => said !== undefined);

/** Returns a number where a text is one, as schema.org writes them; else what it was. */
const numeric = (said: string | number | undefined) => (Number(said) ? Number(said) : said);

/** Returns the objects in lists, and those in some fields of theirs. */
const within = (value: unknown, inner: string[], depth = MAX_DEPTH): Fields[] =>
  Array.isArray(value)
    ? value.flatMap((each) => (depth ? within(each, inner, depth - 1) : []))
    : isObject(value)
      ? [value, ...inner.flatMap((name) => (depth ? within(value[name], inner, depth - 1) : []))]
      : [];

const isA = (node: Fields, kind: RegExp) => [node['@type']].flat().some((type) => kind.test(`${plain(type)}`));

/** Returns price and currency of the first offer that has a price. */
function priceOf(given: unknown) {
  // What is struck through is not paid.
  const offers = within(given, ['priceSpecification', 'offers']).filter(({ priceType }) => !/List|SRP|Strike/.test(`${plain(priceType)}`));
  const offer = offers.find((each) => oneOf(each, 'price', 'lowPrice') !== undefined) ?? {};
  const [currency] = [offer, ...offers].map((each) => oneOf(each, 'priceCurrency')).filter(Boolean);
  return { price: numeric(oneOf(offer, 'price', 'lowPrice')), currency };
}

/** Returns the address that a product or its offer gives itself. */
const urlOf = (node: Fields) => [node, ...within(node.offers, [])].map((each) => oneOf(each, 'url')).find(Boolean) as string | undefined;

/** Returns an item, without how many. */
const itemOf = (node: Fields, price = priceOf(node.offers).price) => ({
  item_id: oneOf(node, ...IDS),
  item_name: plain(node.name),
  item_brand: oneOf(node, 'brand', 'manufacturer'),
  item_category: plain(node.category),
  price,
});

/** Returns what names the product of a `view_item`, for comparing. */
export const keysOf = (properties: Fields): string[] =>
  within(properties.items ?? properties, []).flatMap(({ item_id, item_name }) => [item_id, item_name].filter(Boolean).map((key) => `${plain(key)}`.toLowerCase()));
const isSame = (one: Fields, other: Fields) => keysOf(one).some((key) => keysOf(other).includes(key));

const viewOf = (item: Fields, currency: unknown, others?: Fields): Fields | undefined =>
  item.item_id || item.item_name ? { currency, value: typeof item.price === 'number' ? item.price : undefined, ...others, items: [item] } : undefined;

/** Returns the `view_item` of a Product, or of a ProductGroup: as the variant that the address is of, else as a whole. */
function readProduct(node: Fields, address: string): Fields | undefined {
  const variants = within(node.hasVariant, []);
  const variant = variants.find((each) => readUrl(urlOf(each), address)?.href === address);
  const product: Fields = { offers: variants[0]?.offers, ...node, ...variant };
  const rating = within(product.aggregateRating, [])[0] ?? {};
  const { currency } = priceOf(product.offers);
  return viewOf(itemOf(product), currency, { rating: numeric(oneOf(rating, 'ratingValue')), review_count: numeric(oneOf(rating, 'reviewCount', 'ratingCount')) });
}

/** Returns the `purchase` of an Order that was just placed; undefined for one that is under way, an old one, or one without a number. */
function readOrder(node: Fields, now: number): Fields | undefined {
  const transaction_id = oneOf(node, 'orderNumber', 'confirmationNumber');
  const isPlaced = /^(undefined|.*(Processing|PaymentDue))$/.test(`${plain(node.orderStatus)}`);
  if (!transaction_id || !isPlaced || now - Date.parse(`${plain(node.orderDate)}`) > MAX_ORDER_MS) return undefined;
  const lines = within(node.acceptedOffer ?? node.orderedItem, []);
  const items = lines.map((line) => {
    const [product = line] = within(line.itemOffered ?? line.orderedItem, []);
    const [eligible = {}] = within(line.eligibleQuantity, []);
    return { ...itemOf(product, priceOf([line, product.offers]).price), quantity: oneOf(line, 'orderQuantity') ?? plain(eligible.value) };
  });
  const [due = {}] = within([node.totalPaymentDue, ...within(node.partOfInvoice, []).map(({ totalPaymentDue }) => totalPaymentDue)], []);
  return {
    transaction_id,
    currency: oneOf(node, 'priceCurrency') ?? oneOf(due, 'priceCurrency', 'currency') ?? priceOf(lines).currency,
    value: numeric(oneOf(node, 'price') ?? oneOf(due, 'price', 'value')),
    items: items.length ? items : undefined,
  };
}

/** Returns what a script of JSON-LD says; undefined for one that is broken or too long. */
function parse(text: string): unknown {
  try {
    // Some templates wrap it in a comment; some put line breaks into texts, where JSON allows none.
    return text.length > MAX_SCRIPT ? undefined : JSON.parse(text.replace(/^[\s/*]*<!(--|\[CDATA\[)[\s/*]*|[\s/*]*(--|\]\])>[\s/*]*$/g, '').replace(/[\0-\x1f]+/g, ' '));
  } catch {
    return undefined;
  }
}

/**
 * Returns what JSON-LD texts say of a page. Never throws. Several products are a list, several orders a history: neither is what the page
 * is about.
 *
 * @param address of the page
 * @param now milliseconds since 1970
 */
export function readTexts(texts: readonly string[], address: string, now: number): Marked {
  const nodes = within(texts.map(parse), ['@graph', 'mainEntity']);
  const products = nodes
    .filter((node) => isA(node, /(^|[/:#]|Individual)Product(Group|Model)?$/))
    .map((node) => ({ product: readProduct(node, address), url: urlOf(node) }))
    .filter(({ product }) => product);
  // Two plugins of a shop may describe one product, and only one of them its price.
  const main = products.find(({ product }) => 'value' in product! && product.value) ?? products[0];
  const orders = nodes.filter((node) => isA(node, /(^|[/:#])Order$/));
  return {
    ...(products.every(({ product }) => isSame(product!, main!.product!)) && main),
    order: orders.length === 1 ? readOrder(orders[0]!, now) : undefined,
  };
}

/** Returns what the JSON-LD of a page says, or else its Open Graph tags. */
export function readMarkup(page: ParentNode, address: string, now = Date.now()): Marked {
  const scripts = [...page.querySelectorAll('script[type^="application/ld+json" i]')];
  const marked = readTexts(scripts.map(({ textContent }) => textContent), address, now);
  const meta = (name: string) => plain(page.querySelector<HTMLMetaElement>(`meta[property="${name}"],meta[name="${name}"]`)?.content);
  if (!marked.product && /product(\.item)?$/.test(`${meta('og:type')}`)) {
    const [price, currency] = ['amount', 'currency'].map((part) => meta(`product:price:${part}`) ?? meta(`og:price:${part}`));
    const item = { item_id: meta('product:retailer_item_id'), item_name: meta('og:title'), item_brand: meta('product:brand'), item_category: meta('product:category'), price: numeric(price) };
    Object.assign(marked, { product: viewOf(item, currency), url: meta('og:url') });
  }
  return marked;
}

/** Products of one page view that are remembered. Our choice: a page views few. */
const MAX_TOLD = 20;

/**
 * Tracks `view_item` where the markup of a page, JSON-LD or Open Graph, is about one product, and `purchase` where it confirms an order:
 * after each page view, on routes only if the markup has changed since. What the shop tells itself of the same product in the same page
 * view counts once.
 */
export const productMarkup = (): Plugin => ({ cleanUrl, enrich, past, record, safe, stops, tracker }) => {
  let pageId: string | undefined;
  let told: { keys: Fields; isOurs: boolean }[] = [];
  let ours: Draft | undefined;

  /** Returns whether the other of the two has told it in this page view; notes it if not. */
  function isRepeat(keys: Fields, isOurs: boolean, id: string | undefined): boolean {
    if (id !== pageId) told = [];
    pageId = id;
    const isTold = told.some((each) => each.isOurs !== isOurs && isSame(each.keys, keys));
    if (!isTold) told = [...told.slice(1 - MAX_TOLD), { keys, isOurs }];
    return isTold;
  }
  // Before those that take an event for a step of the journey.
  enrich.unshift((draft) => (draft.name === 'view_item' && isRepeat(draft.properties, draft === ours, draft.seen.page?.id) ? false : undefined));

  let address = '';
  let last = '';
  let timer: ReturnType<typeof setTimeout>;
  const look = safe((viewed?: string) => {
    const [here] = location.href.split('#') as [string];
    // The next route has begun already: its own view is to come.
    if (viewed?.split('#')[0] !== cleanUrl(here)) return;
    const { product, url, order } = readMarkup(ofDocument('documentElement'), here);
    const text = JSON.stringify(product);
    const isRoute = address && address !== here;
    // A route whose markup comes late still has the one of the page before.
    const isStale = isRoute && (text === last || (url && readUrl(url, here)?.pathname !== location.pathname));
    address = here;
    last = text;
    if (product && !isStale) record('view_item', {}, { late: (_, draft) => ((ours = draft), product) });
    if (order) tracker.track('purchase', order as never);
  });
  const onEvent = ({ name, page }: TrackedEvent) => {
    if (name !== 'page_view') return;
    clearTimeout(timer);
    // In a task of its own: what the shop has said before comes first, and it says more than its markup.
    timer = setTimeout(look, 0, page?.url);
  };
  for (const event of past ?? []) {
    if (event.name === 'view_item') isRepeat(event.properties, false, event.page?.id);
    onEvent(event);
  }
  stops.push(tracker.on('event', onEvent), () => clearTimeout(timer));
};
