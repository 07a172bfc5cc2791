import { readUrl } from '../util/url.js';
import type { Tools } from '../plugin.js';
import { listen, type Stop } from './listen.js';
import { attributeOf, ofDocument } from './of-document.js';

/** How long after it was asked for a page may take to be left, in milliseconds. Our choice: servers can be slow. */
const MAX_WAIT_MS = 30_000;

/**
 * Watches where the page is being left to. Adds to `stops` what ends that.
 *
 * @param safe sees to it that nothing is thrown into the page
 * @returns tells the address at the moment; undefined where nothing in the page led away: the tab is closed, reloaded by hand, or an address was
 *   typed, which no browser tells apart
 */
export function watchDeparture(stops: Stop[], safe: Tools['safe']): () => URL | undefined {
  const { navigation } = window as Window & { navigation?: EventTarget & { currentEntry?: object } };
  let to: URL | undefined;
  let since = 0;

  let by: Event | undefined;
  function note(address: unknown, event: Event): void {
    by = event;
    to = readUrl(address, ofDocument('baseURI'));
    since = Date.now();
  }
  // Pages have variables and elements of that name, too.
  if (navigation?.currentEntry) {
    stops.push(
      listen(navigation, 'navigate', safe((event: Event) => {
        const { destination, downloadRequest } = event as Event & { destination: { url: string; sameDocument: boolean }; downloadRequest?: unknown };
        if (!destination.sameDocument && typeof downloadRequest !== 'string') note(destination.url, event);
      })),
    );
  } else {
    stops.push(
      listen(document, 'click', safe((event: Event) => {
        const { ctrlKey, metaKey, shiftKey } = event as MouseEvent;
        const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>('a[href]:not([download],[target=_blank])');
        if (link && !ctrlKey && !metaKey && !shiftKey) note(link.href, event);
      }), true),
      listen(document, 'submit', safe((event: Event) => note(attributeOf(event.target as Element, 'action'), event)), true),
    );
  }
  // By then it shows whether the page's own scripts have done something else with it.
  return () => (Date.now() - since < MAX_WAIT_MS && !by?.defaultPrevented ? to : undefined);
}
