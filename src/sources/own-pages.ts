import type { Plugin } from '../plugin.js';
import { pageViews as firstPageViews } from './page-view.js';
import { pages as firstPages, type PageMethods } from './pages.js';
import { routes } from './routes.js';

export type { PageMethods } from './pages.js';

/** Returns a plugin that begins with what else it needs of `routes`. */
const withRoutes = <State, Methods extends object>(
  plugin: Plugin<State, Methods>,
  isAutomatic: boolean,
): Plugin<State, Methods> => ({
  ...plugin,
  start(api) {
    plugin.start?.(api);
    routes(isAutomatic).start!(api);
  },
});

/**
 * Tells every event the page it happens in: clean address, title and referrer; cleans search terms. A new address is a new page. Page views have the stage of
 * their page: by a pattern of its path, by `<meta name="waymark:stage">`, by an element with `data-waymark-stage`, or as a product page by
 * JSON-LD or `og:type`, in this order.
 *
 * @param patterns stages by path, the first that matches: `{ '/blog/*': 'awareness' }`; default: none
 * @param isStage whether there is a stage of a name; default: there is
 * @param hashRoutes whether a fragment that begins with `#/` or `#!` is part of the address; default: false
 * @throws TypeError for a pattern that cannot match, and for an unknown stage
 */
export const pages = (...options: Parameters<typeof firstPages>): Plugin<undefined, PageMethods> =>
  withRoutes(firstPages(...options), false);

/**
 * Tracks page views: the first, also of a prerendered page once it is shown (`prerendered`), routes of a single-page application, and pages
 * back from the back/forward cache (`restored`). Needs `pages`.
 */
export const pageViews = (): Plugin => withRoutes(firstPageViews(), true);
