import { ofDocument, trueOf } from '../platform/of-document.js';
import type { Fields } from '../commerce/item.js';
import { readUrl } from '../util/url.js';
import { parseJsonLd } from './json-ld.js';
import { isA, numeric, oneOf, plain, within } from './schema-node.js';
import { numberIn, readOrder, type NumberOf } from './schema-order.js';
import { isSame, itemOf, keysOf, readProduct, viewOf, type Keys } from './schema-product.js';
import { chooseVariant } from './variant.js';

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

/** What Open Graph says what an item is by, in the order in which it counts. */
const OPEN_GRAPH = {
  item_id: 'product:retailer_item_id',
  item_name: 'og:title',
  item_brand: 'product:brand',
  item_category: 'product:category',
};

/** Whether an address is that of the page, whatever its parameters; a slash at the end makes no difference. */
export function isAt(url: unknown, address: string): boolean {
  const [one, other] = [url, address].map((each) => readUrl(each, address)?.pathname.replace(/\/$/, ''));
  return one === other;
}

/**
 * Returns what JSON-LD texts say of a page. Never throws. Of several products, the page is about the one that has its address; without such a one they
 * are a list. Several orders are a history. Neither is what the page is about.
 *
 * @param address of the page
 * @param now milliseconds since 1970
 * @param numberOf returns the number of an order; default: any text is one
 */
export function readTexts(texts: readonly string[], address: string, now: number, numberOf: NumberOf = plain): Marked {
  const nodes = within(texts.flatMap(parseJsonLd), ['@graph', 'mainEntity']);
  const orders = nodes.filter((node) => isA(node, /(^|[/:#])Order$/));
  if (orders.length) {
    const numbers = new Set(orders.map((each) => String(numberIn(each))));
    return { hasOrders: true, order: numbers.size === 1 ? readOrder(orders[0]!, now, numberOf) : undefined };
  }
  const products = nodes
    .filter((node) => isA(node, /(^|[/:#]|Individual)Product(Group|Model)?$/))
    .flatMap((node) => readProduct(node, address, now) ?? []);
  const named = chooseVariant(products, undefined, address);
  if (!products.every(({ keys }) => isSame(keys, products[0]!.keys)))
    return named && isAt(named.url, address) ? named : {};
  // Two plugins of a shop may describe one product, and only one of them its price.
  return [...(named ? [named] : []), ...products].find(({ product }) => product.value) ?? named ?? products[0] ?? {};
}

/** Returns what the Open Graph tags of a page say, where it is about a product. */
function readOpenGraph(page: ParentNode): Marked {
  const tags = [...page.querySelectorAll('meta')].map((tag) => [tag.getAttribute('property') ?? tag.name, tag.content]);
  // Of two of one name, the first counts.
  const meta = Object.fromEntries(tags.reverse()) as Fields;
  if (!/product(\.item)?$/.test(`${oneOf(meta, 'og:type')}`)) return {};
  const item = itemOf(meta, numeric(oneOf(meta, 'product:price:amount og:price:amount')), OPEN_GRAPH);
  const currency = oneOf(meta, 'product:price:currency og:price:currency');
  return { product: viewOf(item, currency), keys: keysOf([item]), url: oneOf(meta, 'og:url') as string | undefined };
}

/** Whether an element is in its place, but not to be seen; not, where the whole page is so for a moment. */
const isVeiled = (element: Element) =>
  [element, ofDocument('body')].map((each) => getComputedStyle(each).visibility === 'hidden').join() === 'true,false';

/**
 * Whether the place of an element in the page is shown: frameworks keep the pages of before in the document, hidden. What holds nothing but scripts is no page.
 */
function isShown(element: Element): boolean {
  for (
    let at = element.parentElement;
    at && !/^(head|body)$/.test(trueOf(at, 'localName'));
    at = trueOf(at, 'parentElement')
  ) {
    const { display, contentVisibility, visibility } = getComputedStyle(at);
    const isHidden =
      display === 'none' || contentVisibility === 'hidden' || (visibility === 'hidden' && isVeiled(element));
    if (isHidden && trueOf(at, 'querySelector').call(at, ':not(script,style,link,meta)')) return false;
  }
  return true;
}

/** Returns what the JSON-LD in what is shown of a page says, or else its Open Graph tags. */
export function readMarkup(page: ParentNode, address: string, now = Date.now(), numberOf?: NumberOf): Marked {
  const scripts = [...page.querySelectorAll('script[type^="application/ld+json" i]')].filter(isShown);
  const read = (some: Element[]) =>
    readTexts(
      some.map(({ textContent }) => textContent),
      address,
      now,
      numberOf,
    );
  // A page of before, or the page itself behind a dialog: it is asked last. `aria-hidden` says nothing: what is behind a dialog has it, and what is decoration.
  const active = scripts.filter((script) => !script.closest('[inert]'));
  return [active, scripts].map(read).find(({ product, hasOrders }) => product ?? hasOrders) ?? readOpenGraph(page);
}
