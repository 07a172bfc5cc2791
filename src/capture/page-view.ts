import { whenParsed } from '../browser/lifecycle.js';
import { listen } from '../browser/listen.js';
import { loadTiming } from '../browser/load-timing.js';
import { watchRoutes } from '../browser/navigation.js';
import { ofDocument, trueOf } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';

/**
 * Tracks page views: the first, also of a prerendered page once it is shown (`prerendered`), routes of a single-page application, and pages
 * back from the back/forward cache (`restored`). Needs `pages`.
 */
export const pageViews = (): Plugin => ({ safe, stops, story, views, watch }) =>
  watch(() => {
    const load = loadTiming();
    story.isFromItself = load?.type === 'navigate' && ofDocument('referrer') === location.href.split('#')[0];
    views!.start(load?.activationStart ? { prerendered: true } : {});
    // The title and the page's stage may stand below the script.
    whenParsed(stops, safe(() => {
      const shown = [...ofDocument('body').children].filter(({ tagName }) => !/script|style|template|link/i.test(tagName));
      // The place where a script will show the page, and nothing in it. No text is read for it.
      views!.parsed(!!shown.length && !shown.some((element) => trueOf(element, 'hasChildNodes').call(element)));
      stops.push(listen(window, 'pageshow', safe((event: Event) => (event as PageTransitionEvent).persisted && views!.renew({ restored: true }))));
      watchRoutes(stops, safe(views!.look));
    }));
  });
