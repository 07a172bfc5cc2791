import { ofDocument, trueOf } from '../browser/of-document.js';
import type { Fields } from '../commerce/item.js';
import type { TrackedEvent } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { Plugin, Tools } from '../plugin.js';
import { cut } from '../util/cut.js';
import { decodeEntities } from '../util/entities.js';
import { readUrl } from '../util/url.js';
import { parseJsonLd } from './json-ld.js';
import { keyOf } from './once.js';
import { chooseVariant } from './variant.js';

/** What tells whether two tell of one product. */
type Keys = [ids: string[], names: string[]];

/** What a page's markup is about. */
export interface Marked {
  /** The properties of `view_item`, where the page is about one product. */
  product?: Fields | undefined;
  /** What the product is known by, for comparing. */
  keys?: Keys;
  /** The product's own address, where the markup says it. */
  url?: string | undefined;
  /** Whether there are orders: then the page is about them, whatever products it names. */
  hasOrders?: boolean;
  /** The properties of `purchase`, where the page confirms one order. */
  order?: Fields | undefined;
}

/** How far lists, graphs and main entities may lie in each other. Our choice. */
const MAX_DEPTH = 6;
/** Longest text that is kept, in characters. Our choice. */
const MAX_TEXT = 500;
/** How old an order may be that was just placed, and what a date without its time may be off, in milliseconds. Our choice. */
const DAY_MS = 24 * 3600_000;

/** What names a product best comes first. */
const IDS = ['sku', 'productGroupID', 'productID', 'gtin', 'gtin13', 'gtin14', 'gtin12', 'gtin8', 'mpn'];

const isObject = (value: unknown): value is Fields => Object(value) === value;

/**
 * Returns a value, or the first of several, as a text or a number; of an object, its name. Undefined where it says nothing. Templates write entities into
 * scripts, where they mean nothing.
 */
function plain(value: unknown): string | number | undefined {
  const [first] = [value].flat() as unknown[];
  const said = isObject(first) ? (first.name ?? first['@value']) : first;
  return typeof said === 'number' ? said : (typeof said === 'string' && decodeEntities(cut(said.trim(), MAX_TEXT))) || undefined;
}

/** Returns the first of these fields that says something. */
const oneOf = (fields: Fields, ...names: string[]) => names.map((name) => plain(fields[name])).find((said) => said !== undefined);

/** Returns a number where a text is one, as schema.org writes them; else what it was, for the rule that all prices go by. */
const numeric = (said: string | number | undefined) => (Number.isFinite(Number(said)) ? Number(said) : said);

/** Returns the objects in lists, and those in some fields of theirs. */
const within = (value: unknown, inner: string[], depth = MAX_DEPTH): Fields[] =>
  Array.isArray(value)
    ? value.flatMap((each) => (depth ? within(each, inner, depth - 1) : []))
    : isObject(value)
      ? [value, ...inner.flatMap((name) => (depth ? within(value[name], inner, depth - 1) : []))]
      : [];

const isA = (node: Fields, kind: RegExp) => [node['@type']].flat().some((type) => kind.test(`${plain(type)}`));

/** Returns the currency that the first of these says. */
const currencyOf = (nodes: Fields[]) => nodes.map((each) => oneOf(each, 'priceCurrency', 'currency')).find(Boolean);

/** Returns what the type of a price, or another word of schema.org's, is called, in small letters: said by itself, by its address, or as a thing. */
const nameOf = (value: unknown) => `${plain(value) ?? oneOf(Object(value) as Fields, '@id', 'url')}`.replace(/.*[/#:]/, '').toLowerCase();
/** Whether a price is of another day, as far as its dates say; the last day counts. */
const isPast = (node: Fields, now: number) => Date.parse(`${oneOf(node, 'priceValidUntil', 'validThrough')}`) + DAY_MS < now || Date.parse(`${oneOf(node, 'validFrom')}`) > now;
/** Whether an offer is none that one can take. */
const isGone = ({ availability }: Fields) => /^(outofstock|soldout|discontinued)/.test(nameOf(availability));

/**
 * Returns price and currency that the buyer pays, by the first offer that has a price: that of a sale, else one of no type, else the regular one. Prices of
 * members, and of a litre or a metre, come after those of everybody and the whole; so do prices of another day, and offers that are sold out.
 */
function priceOf(given: unknown, now: number) {
  const offers = within(given, ['offers']);
  const rank = (offer: Fields) => (isGone(offer) ? 2 : 0) + (isPast(offer, now) ? 1 : 0);
  for (const offer of [...offers].sort((one, other) => rank(one) - rank(other))) {
    const prices = within(offer, ['priceSpecification']).filter((each) => oneOf(each, 'price', 'lowPrice') !== undefined);
    const ofAll = prices.filter(({ validForMemberTier, referenceQuantity }) => !(validForMemberTier ?? referenceQuantity));
    // Other types are not paid: what is struck through, recommended, the lowest that may be advertised.
    const paid = [ofAll.filter((each) => !isPast(each, now)), ofAll, prices].flatMap((some) => ['sale', 'undefined', 'regular'].map((type) => some.find(({ priceType }) => nameOf(priceType).startsWith(type)))).find(Boolean);
    if (paid) return { price: numeric(oneOf(paid, 'price', 'lowPrice')), currency: currencyOf([paid, ...offers]) };
  }
  return { price: undefined, currency: currencyOf(offers) };
}

/** Returns the address that a product or its offer gives itself. */
const urlOf = (node: Fields) => [node, ...within(node.offers, [])].map((each) => oneOf(each, 'url')).find(Boolean) as string | undefined;

/** Returns an item, without how many. */
const itemOf = (node: Fields, price: unknown) => ({
  item_id: oneOf(node, ...IDS),
  item_name: plain(node.name),
  item_brand: oneOf(node, 'brand', 'manufacturer'),
  item_category: plain(node.category),
  price,
});

/** Returns what names the products of an event, or those that JSON-LD describes. */
const keysOf = (nodes: Fields[], ids = ['item_id'], name = 'item_name') =>
  [ids, [name]].map((fields) => nodes.flatMap((node) => fields.map((field) => keyOf(plain(node[field]))).filter(Boolean))) as Keys;
const itemsOf = (properties: Fields) => within(properties.items ?? properties, []);

/**
 * Returns whether two tell of one product.
 *
 * @param isStrict whether, where both have an id, that alone decides: a variant has its product's name. Otherwise one of id and name has to do
 */
function isSame([ids, names]: Keys, [otherIds, otherNames]: Keys, isStrict = false): boolean {
  const share = (some: string[], others: string[]) => some.some((key) => others.includes(key));
  return share(ids, otherIds) || (!(isStrict && ids[0] && otherIds[0]) && share(names, otherNames));
}

const viewOf = (item: Fields, currency: unknown, others?: Fields): Fields | undefined =>
  item.item_id || item.item_name ? { currency, value: item.price, ...others, items: [item] } : undefined;

/** Returns the `view_item` of a Product, or of a ProductGroup: as the variant or the offer that the address names, else as a whole, at the first variant's price. */
function readProduct(node: Fields, address: string, now: number) {
  const variants = within(node.hasVariant, []);
  const offers = within(node.offers, ['offers']);
  const choices = variants.length ? variants : offers.length > 1 ? offers : [];
  const choice = chooseVariant(choices.map((each) => ({ each, url: urlOf(each) ?? oneOf(each, '@id') })), oneOf(node, 'url'), address)?.each;
  const named = choice && (variants.length ? choice : { sku: choice.sku ?? node.sku, offers: choice });
  const product: Fields = { offers: variants.map(({ offers }) => offers), ...node, ...named };
  const rating = within(product.aggregateRating, [])[0] ?? {};
  const { price, currency } = priceOf(product.offers, now);
  return {
    product: viewOf(itemOf(product, price), currency, { rating: numeric(oneOf(rating, 'ratingValue')), review_count: numeric(oneOf(rating, 'reviewCount', 'ratingCount')) }),
    keys: keysOf([product, ...(named ? [] : variants.slice(0, 1))], IDS, 'name'),
    url: urlOf(product),
  };
}

/** Whether an address is that of the page, whatever its parameters; a slash at the end makes no difference. */
function isAt(url: unknown, address: string): boolean {
  const [one, other] = [url, address].map((each) => readUrl(each, address)?.pathname.replace(/\/$/, ''));
  return one === other;
}

/** What names an order, best first. */
const ORDER_IDS = ['orderNumber', 'confirmationNumber'];

/** Returns the `purchase` of an Order that was just placed; undefined for one that is under way, an old one, or one without a number. */
function readOrder(node: Fields, now: number, numberOf: NonNullable<Tools['numberOf']>): Fields | undefined {
  const transaction_id = ORDER_IDS.map((name) => numberOf(oneOf(node, name))).find((id) => id !== undefined);
  const isPlaced = /^(undefined|.*(Processing|PaymentDue))$/.test(`${plain(node.orderStatus)}`);
  if (!transaction_id || !isPlaced || now - Date.parse(`${plain(node.orderDate)}`) > DAY_MS) return undefined;
  const lines = within(node.acceptedOffer ?? node.orderedItem, []);
  const items = lines.map((line) => {
    const [product = line] = within(line.itemOffered ?? line.orderedItem, []);
    const [eligible = {}] = within(line.eligibleQuantity, []);
    return { ...itemOf(product, priceOf([line, product.offers], now).price), quantity: oneOf(line, 'orderQuantity') ?? plain(eligible.value) };
  });
  const [due = {}] = within([node.totalPaymentDue, ...within(node.partOfInvoice, []).map(({ totalPaymentDue }) => totalPaymentDue)], []);
  return {
    transaction_id,
    currency: currencyOf([node, due]) ?? priceOf(lines, now).currency,
    value: numeric(oneOf(node, 'price') ?? oneOf(due, 'price', 'value')),
    items: items.length ? items : undefined,
  };
}

/**
 * Returns what JSON-LD texts say of a page. Never throws. Of several products, the page is about the one that has its address; without such a one they
 * are a list. Several orders are a history. Neither is what the page is about.
 *
 * @param address of the page
 * @param now milliseconds since 1970
 * @param numberOf returns the number of an order; default: any text is one
 */
export function readTexts(texts: readonly string[], address: string, now: number, numberOf: Tools['numberOf'] = plain): Marked {
  const nodes = within(texts.flatMap(parseJsonLd), ['@graph', 'mainEntity']);
  const orders = nodes.filter((node) => isA(node, /(^|[/:#])Order$/));
  if (orders.length) {
    const numbers = new Set(orders.map((each) => `${oneOf(each, ...ORDER_IDS)}`));
    return { hasOrders: true, order: numbers.size === 1 ? readOrder(orders[0]!, now, numberOf) : undefined };
  }
  const products = nodes
    .filter((node) => isA(node, /(^|[/:#]|Individual)Product(Group|Model)?$/))
    .map((node) => readProduct(node, address, now))
    .filter(({ product }) => product);
  const named = chooseVariant(products, undefined, address);
  if (!products.every(({ keys }) => isSame(keys, products[0]!.keys))) return named && isAt(named.url, address) ? named : {};
  // Two plugins of a shop may describe one product, and only one of them its price.
  return [...(named ? [named] : []), ...products].find(({ product }) => product!.value) ?? named ?? products[0] ?? {};
}

/** Whether an element is in its place, but not to be seen; not, where the whole page is so for a moment. */
const isVeiled = (element: Element) => [element, ofDocument('body')].map((each) => getComputedStyle(each).visibility === 'hidden').join() === 'true,false';

/**
 * Whether the place of an element in the page is shown: frameworks keep the pages of before in the document, hidden. What holds nothing but scripts is no page.
 */
function isShown(element: Element): boolean {
  for (let at = element.parentElement; at && !/^(head|body)$/.test(trueOf(at, 'localName')); at = trueOf(at, 'parentElement')) {
    const { display, contentVisibility, visibility } = getComputedStyle(at);
    if ((display === 'none' || contentVisibility === 'hidden' || (visibility === 'hidden' && isVeiled(element))) && trueOf(at, 'querySelector').call(at, ':not(script,style,link,meta)')) return false;
  }
  return true;
}

/** Returns what the JSON-LD in what is shown of a page says, or else its Open Graph tags. */
export function readMarkup(page: ParentNode, address: string, now = Date.now(), numberOf?: Tools['numberOf']): Marked {
  const scripts = [...page.querySelectorAll('script[type^="application/ld+json" i]')].filter(isShown);
  // A page of before, or the page itself behind a dialog: it is asked last. `aria-hidden` says nothing: what is behind a dialog has it, and what is decoration.
  const parts = [scripts.filter((script) => !script.closest('[inert]')), scripts].map((some) => readTexts(some.map(({ textContent }) => textContent), address, now, numberOf));
  const marked = parts.find(({ product, hasOrders }) => product ?? hasOrders) ?? {};
  const meta = (name: string) => plain(page.querySelector<HTMLMetaElement>(`meta[property="${name}"],meta[name="${name}"]`)?.content);
  if (!marked.product && !marked.hasOrders && /product(\.item)?$/.test(`${meta('og:type')}`)) {
    const [price, currency] = ['amount', 'currency'].map((part) => meta(`product:price:${part}`) ?? meta(`og:price:${part}`));
    const item = { item_id: meta('product:retailer_item_id'), item_name: meta('og:title'), item_brand: meta('product:brand'), item_category: meta('product:category'), price: numeric(price) };
    Object.assign(marked, { product: viewOf(item, currency), keys: keysOf([item]), url: meta('og:url') });
  }
  return marked;
}

/** Products of one page view that are remembered. Our choice: a page views few. */
const MAX_TOLD = 20;
/** How long markup that comes after the page view may wait until it is read, in milliseconds. Our choice. */
const LATE_MS = 200;
/** Changes that may bring markup, or show what was hidden. */
const CHANGES = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['class', 'content', 'hidden', 'inert', 'style'] };

/**
 * Tracks `view_item` where the markup of a page, JSON-LD or Open Graph, is about one product, and `purchase` where it confirms an order:
 * after each page view, or when it comes later. On routes, the product of the page before is passed over. One `view_item` a page view. What the shop tells
 * itself of the same product in the same page view counts once.
 */
export const productMarkup = (): Plugin => ({ cleanUrl, ends, enrich, leaves, numberOf, past, record, safe, stops, tracker }) => {
  let pageId: string | undefined;
  let told: { keys: Keys; isOurs: boolean }[] = [];
  let ours: Draft | undefined;
  let ourKeys: Keys;

  /** Returns whether the other of the two has told it in this page view; notes it if not. */
  function isRepeat(keys: Keys, isOurs: boolean, id: string | undefined): boolean {
    if (id !== pageId) told = [];
    pageId = id;
    // What the shop says before is its word for what the page shows, by whatever id. After that, another id is another variant.
    const isTold = told.some((each) => each.isOurs !== isOurs && isSame(each.keys, keys, !isOurs));
    if (!isTold) told = [...told.slice(1 - MAX_TOLD), { keys, isOurs }];
    return isTold;
  }
  // Before those that take an event for a step of the journey.
  enrich.unshift((draft) => {
    if (draft.name !== 'view_item') return;
    const isOurs = draft === ours;
    return isRepeat(isOurs ? ourKeys : keysOf(itemsOf(draft.properties)), isOurs, draft.seen.page?.id) ? false : undefined;
  });

  /** The page view whose markup is looked at. */
  let view: { url: string; isTold?: boolean } | undefined;
  /** The address of this page and its item, as they were seen last; and those of the page before as it was left. */
  let last: [address?: string, item?: string] = [];
  let before = last;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Until the look that follows nothing is observed: a page that changes all the time costs a look now and then, and nothing else.
  const observer =
    window.MutationObserver &&
    new MutationObserver(() => {
      rest();
      timer = setTimeout(look, LATE_MS);
    });

  function rest(): void {
    clearTimeout(timer);
    timer = undefined;
    observer?.disconnect();
  }
  const look = safe(() => {
    rest();
    const { href } = location;
    const [here] = href.split('#') as [string];
    // The next route has begun already: its own view is to come.
    if (!view || view.url.split(/[?#]/)[0] !== cleanUrl(here).split('?')[0]) return;
    const address = `${view.url} ${here}`;
    const { product, keys, url, order } = readMarkup(ofDocument('documentElement'), href, Date.now(), numberOf);
    last = [address, JSON.stringify(product?.items)];
    // A route whose markup comes late still has the one of the page before.
    const isStale = before[0] && before[0] !== address && (last[1] === before[1] || (url && !isAt(url, href)));
    if (product && !isStale && !view.isTold) {
      view.isTold = true;
      record('view_item', {}, { late: (_, draft) => ((ours = draft), (ourKeys = keys!), product) });
    }
    if (order) tracker.track('purchase', order as never);
    else observer?.observe(document, CHANGES);
  });
  const onEvent = ({ name, page }: TrackedEvent) => {
    if (name !== 'page_view') return;
    rest();
    before = last;
    view = page && { url: page.url };
    // In a task of its own: what the shop has said before comes first, and it says more than its markup.
    timer = setTimeout(look);
  };
  for (const event of past ?? []) {
    if (event.name === 'view_item') isRepeat(keysOf(itemsOf(event.properties)), false, event.page?.id);
    onEvent(event);
  }
  ends.push(() => {
    view = undefined;
    rest();
  });
  // What has just come may be an order.
  leaves.unshift((isLeft) => isLeft && timer && look());
  stops.push(tracker.on('event', onEvent), rest);
};
