import { ofDocument } from '../browser/of-document.js';
import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';
import { hashRoute, startCleaning } from '../privacy/redact.js';
import type { CoreTracker } from '../tracker.js';
import { randomId } from '../util/id.js';
import { markedStage, readPatterns } from './page-stage.js';
import { createViews } from './views.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /**
   * Tracks a page view by hand. Where automatic page views are on, a call for an address that has just begun (the same task, and up to 300
   * milliseconds while the title is waited for) is the automatic view, with these properties.
   */
  page(properties?: Record<string, unknown>): void;
}

/**
 * Tells every event the page it happens in: clean address, title and referrer; cleans search terms, and brings the cleaner to the plugins after it. A new address is a new page. Page views have the stage of
 * their page: by a pattern of its path, by `<meta name="waymark:stage">`, by an element with `data-waymark-stage`, or as a product page by
 * JSON-LD or `og:type`, in this order.
 *
 * @param patterns stages by path, the first that matches: `{ '/blog/*': 'awareness' }`; default: none
 * @param isStage whether there is a stage of a name; default: there is
 * @param hashRoutes whether a fragment that begins with `#/` or `#!` is part of the address; default: false
 * @throws TypeError for a pattern that cannot match, and for an unknown stage
 */
export const pages = (
  patterns: Readonly<Record<string, string>> = {},
  isStage?: (stage: string) => boolean,
  hashRoutes = false,
): Plugin<PageMethods & Pick<CoreTracker, 'flush'>> => {
  const rules = readPatterns(patterns, isStage);
  return (tools) => {
    startCleaning(tools);
    const { cleanTitle, cleanUrl, copy, ends, leaves, observe, record, safe, stops, tracker, watch } = tools;
    const { flush } = tracker;
    let page: NonNullable<Context['page']> | undefined;
    let pathname: string;
    let rawTitle: string | undefined;
    let pageTitle: string;
    let isRoute = false;
    /** What was seen of the page as its view was counted. */
    let seen: Partial<Context>;

    const route = () => (hashRoutes ? hashRoute(location.hash) : '');
    function move(): void {
      pathname = location.pathname;
      page = { ...page!, url: cleanUrl(location.href) + route() };
    }
    let href: string | undefined;
    let read: [address: string, path: string];
    const views = (tools.views = createViews(
      () => {
        // Every event asks.
        if (location.href !== href) {
          ({ href } = location);
          const path = location.pathname + route();
          read = [path + location.search + (route() && location.hash), path];
        }
        return read;
      },
      () => ofDocument('title'),
      () => {
        page = { id: randomId(), url: '', referrer: (page ? page.url : cleanUrl(ofDocument('referrer'))) || undefined };
        move();
      },
      move,
      (properties, time) => {
        const stage = rules.find(({ path }) => path.test(pathname))?.stage ?? markedStage(document, isRoute);
        isRoute = true;
        seen = Object.assign({}, ...observe.map((look) => look())) as Partial<Context>;
        record('page_view', properties, { stage, seen, late: (_profile, draft) => ((draft.time = time), draft.properties) });
      },
      () => ends.forEach((end) => safe(end)(seen)),
    ));

    observe.push(() => {
      views.look();
      views.settle();
      const title = ofDocument('title');
      // Every event asks.
      if (title !== rawTitle) pageTitle = cleanTitle((rawTitle = title));
      return { page: { ...page!, title: views.isUntitled() ? undefined : pageTitle } };
    });
    leaves.push((isLeft) => {
      views.look();
      views.settle();
      if (isLeft) views.leave();
    });
    watch(() => stops.push(views.close));
    return {
      page: safe((properties) => views.page(copy(properties, 'page_view'))),
      flush() {
        views.close();
        return flush();
      },
    };
  };
};
