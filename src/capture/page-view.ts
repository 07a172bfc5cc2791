import { whenParsed } from '../browser/lifecycle.js';
import { listen } from '../browser/listen.js';
import type { Plugin } from '../plugin.js';
import type { CoreTracker } from '../tracker.js';
import type { PageMethods } from './pages.js';

/**
 * Tracks page views: the first, routes of a single-page application (where the browser has the Navigation API), and pages
 * back from the back/forward cache. Needs `pages`.
 */
export const pageViews = (): Plugin => ({ tracker, stops, watch }) =>
  watch(() => {
    const { page } = tracker as CoreTracker & PageMethods;
    const { navigation = new EventTarget() } = window as Window & { navigation?: EventTarget };
    const address = () => location.pathname + location.search;
    let seen = '';

    function view(properties?: Record<string, unknown>): void {
      seen = address();
      page(properties);
    }
    stops.push(
      // In a task of its own: the route sets its title after the address.
      listen(navigation, 'currententrychange', () => setTimeout(() => seen !== address() && view())),
      listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && view({ restored: true })),
    );
    // The title and the page's stage may stand below the script.
    whenParsed(stops, () => seen || view());
  });
