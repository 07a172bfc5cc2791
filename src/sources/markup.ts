import { ofDocument } from '../platform/of-document.js';
import type { TrackedEvent } from '../event/event.js';
import { readOrderNumber } from '../commerce/names.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { cleanUrl, staysIn } from '../privacy/redact.js';
import { isAt, readMarkup } from './markup-page.js';
import { isSame, itemsOf, keysOf, type Keys } from './schema-product.js';

/** Products of one page view that are remembered. Our choice: a page views few. */
const MAX_TOLD = 20;
/** How long markup that comes after the page view may wait until it is read, in milliseconds. Our choice. */
const LATE_MS = 200;
/** Changes that may bring markup, or show what was hidden. */
const CHANGES = {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ['class', 'content', 'hidden', 'inert', 'style'],
};

/** Returns what tells whether the other of the two, the shop and its markup, has told of a product in this page view; it notes it if not. */
function createTold(): (keys: Keys, isOurs: boolean, pageId: string | undefined) => boolean {
  let page: string | undefined;
  let told: { keys: Keys; isOurs: boolean }[] = [];
  return (keys, isOurs, pageId) => {
    if (pageId !== page) told = [];
    page = pageId;
    // What the shop says before is its word for what the page shows, by whatever id. After that, another id is another variant.
    const isTold = told.some((each) => each.isOurs !== isOurs && isSame(each.keys, keys, !isOurs));
    if (!isTold) told = [...told.slice(1 - MAX_TOLD), { keys, isOurs }];
    return isTold;
  };
}

/** Looks at the markup after each page view, and whenever something changes that may bring some; `onProduct` is told what names the product before it is tracked. */
function watchMarkup({ guard, on, stops, track, tracker }: PluginApi, onProduct: (keys: Keys) => void): void {
  /** The page view whose markup is looked at. */
  let view: { url: string; isTold?: boolean } | undefined;
  /** The address of this page and its item, as they were seen last; and those of the page before as it was left. */
  let last: [address?: string, item?: string] = [];
  let before = last;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Until the look that follows nothing is observed: a page that changes all the time costs a look now and then, and nothing else.
  const observer = window.MutationObserver && new MutationObserver(() => lookIn(LATE_MS));

  function rest(): void {
    clearTimeout(timer);
    timer = undefined;
    observer?.disconnect();
  }
  function lookIn(ms: number): void {
    rest();
    timer = setTimeout(look, ms);
  }
  /** Whether what was seen last is still of the page before: a route's own markup may come late. */
  const isStale = (isElsewhere: unknown) =>
    before[0] && before[0] !== last[0] && (last[1] === before[1] || isElsewhere);
  const look = guard(() => {
    rest();
    const { href } = location;
    const here = href.replace(/#.*/, '');
    // The next route has begun already: its own view is to come.
    if (view?.url.replace(/[?#].*/, '') !== cleanUrl(here, staysIn(tracker.options)).replace(/\?.*/, '')) return;
    const { product, keys, url, order } = readMarkup(ofDocument('documentElement'), href, Date.now(), readOrderNumber);
    last = [`${view.url} ${here}`, JSON.stringify(product?.items)];
    if (product && !view.isTold && !isStale(url && !isAt(url, href))) {
      view.isTold = true;
      onProduct(keys!);
      track('view_item', product, { by: 'markup' });
    }
    if (order) track('purchase', order);
    else observer?.observe(document, CHANGES);
  });
  const onEvent = ({ name, page }: TrackedEvent) => {
    if (name !== 'page_view') return;
    before = last;
    view = page && { url: page.url };
    // In a task of its own: what the shop has said before comes first, and it says more than its markup.
    lookIn(0);
  };
  tracker.past.forEach(onEvent);
  on('pageend', () => {
    view = undefined;
    rest();
  });
  // What has just come may be an order.
  on('leave', (isLeft) => isLeft && timer && look());
  stops.push(on('event', onEvent), rest);
}

/**
 * Tracks `view_item` where the markup of a page, JSON-LD or Open Graph, is about one product, and `purchase` where it confirms an order:
 * after each page view, or when it comes later. On routes, the product of the page before is passed over. One `view_item` a page view. What the shop tells
 * itself of the same product in the same page view counts once.
 */
export function productMarkup(): Plugin {
  const isRepeat = createTold();
  let ourKeys: Keys;
  return {
    name: 'markup',
    process({ by, context, name, properties }) {
      if (name !== 'view_item') return undefined;
      const isOurs = by === 'markup';
      return isRepeat(isOurs ? ourKeys : keysOf(itemsOf(properties)), isOurs, context.page?.id)
        ? { drafts: [] }
        : undefined;
    },
    start(api) {
      for (const { name, properties, page } of api.tracker.past)
        if (name === 'view_item') isRepeat(keysOf(itemsOf(properties)), false, page?.id);
      watchMarkup(api, (keys) => (ourKeys = keys));
    },
  };
}
