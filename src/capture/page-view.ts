import { whenParsed } from '../browser/lifecycle.js';
import { listen } from '../browser/listen.js';
import { loadTiming } from '../browser/load-timing.js';
import { watchRoutes } from '../browser/navigation.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks page views: the first, also of a prerendered page once it is shown (`prerendered`), routes of a single-page application, and pages
 * back from the back/forward cache (`restored`). Needs `pages`.
 */
export const pageViews = (): Plugin => ({ safe, stops, views, watch }) =>
  watch(() =>
    // The title and the page's stage may stand below the script.
    whenParsed(stops, safe(() => {
      views!.start(loadTiming()?.activationStart ? { prerendered: true } : {});
      stops.push(listen(window, 'pageshow', safe((event: Event) => (event as PageTransitionEvent).persisted && views!.renew({ restored: true }))));
      watchRoutes(stops, safe(views!.look));
    })),
  );
