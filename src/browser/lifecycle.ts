import { listen, type Stop } from './listen.js';
import { isHidden, ofDocument } from './of-document.js';

/**
 * Watches the page until what it adds to `stops` is called. Adds no `unload` or `beforeunload` listener.
 *
 * @param onHidden the page may be seen for the last time: the tab went to the back, or the page is left (`isLeft`: closed, navigated
 *   away from, or put into the back/forward cache). Both `visibilitychange` and `pagehide` lead here, so it is called more than once
 * @param onRestored the page came back out of the back/forward cache
 * @param onBlur the person may use another tab or window from now on
 * @param onOnline the browser believes that it has a network again
 */
export function watchLifecycle(stops: Stop[], onHidden: (isLeft: boolean) => void, onRestored: () => void, onBlur: () => void, onOnline: () => void): void {
  stops.push(
    listen(document, 'visibilitychange', () => isHidden() && onHidden(false)),
    // On window: a listener for it on document never runs.
    listen(window, 'pagehide', () => onHidden(true)),
    listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && onRestored()),
    listen(window, 'blur', onBlur),
    listen(window, 'online', onOnline),
  );
}

/** Calls `start` now, or when a prerendered page is really shown. Adds to `stops` what keeps it from that. */
export function whenActivated(stops: Stop[], start: () => void): void {
  if (ofDocument('prerendering' as 'hidden')) stops.push(listen(document, 'prerenderingchange', start));
  else start();
}

/** Calls `start` once the document is parsed: now, or then, or when the page is left or hidden before. Adds to `stops` what keeps it from that. */
export function whenParsed(stops: Stop[], start: () => unknown): void {
  if (ofDocument('readyState') !== 'loading') return void start();
  // On window and in the capture phase: before those who send what there is. Parsed, and deferred scripts are still to run.
  const undo = ['readystatechange', 'visibilitychange'].map((type) => listen(window, type, once, true));
  function once(): void {
    for (const stop of undo) stop();
    start();
  }
  stops.push(...undo);
}
