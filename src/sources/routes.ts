import { watchHistory } from '../platform/history.js';
import { whenParsed } from '../platform/lifecycle.js';
import { navigationOf } from '../platform/navigation.js';
import { watchTitle } from '../platform/title.js';
import type { Plugin } from '../plugin.js';

/**
 * Keeps the pages of a single-page application apart: remembers the title of the page before, and hears of routes where the browser has no Navigation API. May come a
 * moment after the page has begun. Needs `pages`.
 *
 * @param isAutomatic whether a new address is a page view; default: true
 */
export const routes = (isAutomatic = true): Plugin => ({
  name: 'routes',
  start({ guard, stops, tracker: { shared } }) {
    shared.titleBefore = watchTitle(stops, guard);
    if (!isAutomatic || navigationOf()) return;
    const look = guard(shared.views!.look);
    whenParsed(
      stops,
      guard(() => {
        // What has changed since the page began, nobody has heard: as a rule a redirect, or a tidied query.
        look(true);
        watchHistory(stops, look);
      }),
    );
  },
});
