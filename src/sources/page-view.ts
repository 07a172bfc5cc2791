import { whenParsed } from '../platform/lifecycle.js';
import { listen } from '../platform/listen.js';
import { loadTiming } from '../platform/load-timing.js';
import { navigationOf } from '../platform/navigation.js';
import { ofDocument } from '../platform/of-document.js';
import type { Plugin } from '../plugin.js';

/** Selects what a page shows. */
const VISIBLE = 'body>:not(script,noscript,style,template,link)';

/**
 * Tracks page views: the first, also of a prerendered page once it is shown (`prerendered`), routes of a single-page application, and pages
 * back from the back/forward cache (`restored`). Needs `pages`, and `routes` where the browser has no Navigation API.
 */
export const pageViews = (): Plugin => ({
  name: 'pageViews',
  start({ guard, stops, tracker }) {
    const { shared, story } = tracker;
    const views = shared.views!;
    const load = loadTiming();
    story.isFromItself = load?.type === 'navigate' && ofDocument('referrer') === location.href.split('#')[0];
    views.start(load?.activationStart ? { prerendered: true } : {});
    // The title and the page's stage may stand below the script.
    whenParsed(
      stops,
      guard(() => {
        const visible = [...ofDocument('querySelectorAll').call(document, VISIBLE)];
        // The place where a script will show the page, and nothing in it. No text is read for it.
        views.parsed(!!visible.length && !visible.some(({ firstChild }) => firstChild));
        stops.push(
          listen(
            window,
            'pageshow',
            guard((event: Event) => (event as PageTransitionEvent).persisted && views.renew({ restored: true })),
          ),
        );
        const navigation = navigationOf();
        if (navigation)
          stops.push(
            listen(
              navigation,
              'currententrychange',
              guard((event: Event) =>
                views.look((event as Event & { navigationType?: string }).navigationType === 'replace'),
              ),
            ),
          );
      }),
    );
  },
});
