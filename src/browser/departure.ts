import { readUrl } from '../util/url.js';
import { listen, type Stop } from './listen.js';

/** How long after it was asked for a page may take to be left, in milliseconds. Our choice: servers can be slow. */
const MAX_WAIT_MS = 30_000;

/**
 * Watches where the page is being left to. Adds to `stops` what ends that.
 *
 * @returns tells the address at the moment; undefined where nothing in the page led away: the tab is closed, reloaded by hand, or an address was
 *   typed, which no browser tells apart
 */
export function watchDeparture(stops: Stop[]): () => URL | undefined {
  const { navigation } = window as Window & { navigation?: EventTarget };
  let to: URL | undefined;
  let since = 0;

  let by: Event | undefined;
  function note(address: unknown, event: Event): void {
    by = event;
    to = readUrl(address, document.baseURI);
    since = Date.now();
  }
  if (navigation) {
    stops.push(
      listen(navigation, 'navigate', (event) => {
        const { destination, downloadRequest } = event as Event & { destination: { url: string; sameDocument: boolean }; downloadRequest?: unknown };
        if (!destination.sameDocument && typeof downloadRequest !== 'string') note(destination.url, event);
      }),
    );
  } else {
    stops.push(
      listen(document, 'click', (event) => {
        const { ctrlKey, metaKey, shiftKey } = event as MouseEvent;
        const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>('a[href]:not([download],[target=_blank])');
        if (link && !ctrlKey && !metaKey && !shiftKey) note(link.href, event);
      }, true),
      listen(document, 'submit', (event) => note((event.target as HTMLFormElement).getAttribute('action'), event), true),
    );
  }
  // By then it shows whether the page's own scripts have done something else with it.
  return () => (Date.now() - since < MAX_WAIT_MS && !by?.defaultPrevented ? to : undefined);
}
