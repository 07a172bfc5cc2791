import { listen, type Stop } from '../browser/listen.js';
import type { Plugin } from '../plugin.js';
import type { CoreTracker } from '../tracker.js';
import type { PageMethods } from './pages.js';

/** Calls `callback` after each navigation inside the document: by the Navigation API, else by way of `history`. */
function onRouteChange(callback: () => void): Stop {
  const { navigation } = window as Window & { navigation?: EventTarget };
  if (navigation) return listen(navigation, 'currententrychange', callback);
  const stops = [listen(window, 'popstate', callback)];
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    const wrapped: typeof original = (...state) => {
      original.apply(history, state);
      callback();
    };
    history[name] = wrapped;
    stops.push(() => {
      if (history[name] === wrapped) history[name] = original;
    });
  }
  return () => stops.forEach((stop) => stop());
}

/** Tracks page views: the first, routes of a single-page application, and pages back from the back/forward cache. Needs `pages`. */
export const pageViews = (): Plugin => ({ tracker, stops, watch }) =>
  watch(() => {
    const { page } = tracker as CoreTracker & PageMethods;
    const address = () => location.pathname + location.search;
    let seen = address();
    let timer: ReturnType<typeof setTimeout> | undefined;

    function view(properties?: Record<string, unknown>): void {
      seen = address();
      page(properties);
    }
    stops.push(
      onRouteChange(() => {
        clearTimeout(timer);
        // In a task of its own: the route sets its title after the address.
        timer = setTimeout(() => address() !== seen && view());
      }),
      listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && view({ restored: true })),
      () => clearTimeout(timer),
    );
    // An async script may run before the title is there.
    if (document.title || document.readyState !== 'loading') view();
    else stops.push(listen(document, 'DOMContentLoaded', () => view()));
  });
