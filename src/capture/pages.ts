import { isHidden, ofDocument } from '../browser/of-document.js';
import { pageAddress } from '../browser/page-address.js';
import { watchTitle } from '../browser/title.js';
import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';
import { hashRoute, startCleaning } from '../privacy/redact.js';
import type { CoreTracker } from '../tracker.js';
import { randomId, renewIds } from '../util/id.js';
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
    const { cleanTitle, cleanUrl, copy, ends, enrich, isAnonymous, known, leaves, memory, observe, record, safe, stays, stops, story, tab, tracker, watch } = tools;
    const { flush } = tracker;
    /** Whether a page has begun in this tracker's time. */
    let hasPage = false;
    let pathname: string;
    let rawTitle: string | undefined;
    let pageTitle: string;
    let isRoute = false;
    let titleBefore = (): string => ofDocument('title');
    // Not on a server, nor for a tracker that tracks nothing.
    watch(() => (titleBefore = watchTitle(stops, safe)));
    /** What was seen of the page as its view was counted. */
    let seen: Partial<Context>;

    /** Whether this document is the one before once more, as after a form that posts to its own page: still that view, unless it begins a session. */
    let isAgain: boolean | undefined;
    enrich.unshift(({ name, properties }, { viewed }) => {
      const [item] = [properties.items].flat() as ({ item_id?: string; item_name?: string } | undefined)[];
      if (isAgain && name === 'view_item' && viewed && viewed === (item?.item_id ?? item?.item_name)) return false;
      return undefined;
    });

    const route = () => (hashRoutes ? hashRoute(location.hash) : '');
    function move(): void {
      pathname = location.pathname;
      story.page = { ...story.page!, url: cleanUrl(pageAddress()) + route() };
      [story.address] = read;
    }
    let href: string | undefined;
    let read: [address: string, path: string];
    const views = (tools.views = createViews(
      () => {
        // Every event asks.
        if (location.href !== href) {
          ({ href } = location);
          const path = location.pathname + route();
          // What of the query tells pages apart is what stays of it; what a visit came by is no page.
          const query = [...new URLSearchParams(location.search)].filter(([name]) => stays(name) && !/^utm_/i.test(name));
          read = [path + query.sort() + (route() && location.hash), path];
        }
        return read;
      },
      () => ofDocument('title'),
      () => titleBefore(),
      () => {
        const { page } = story;
        // The tracker before this one was stopped on this page.
        if (!page || hasPage || story.address !== read[0]) story.page = { id: randomId(), url: '', referrer: (page ? page.url : cleanUrl(ofDocument('referrer'))) || undefined };
        hasPage = true;
        move();
        // Without identifiers, nothing that one page view has been given is seen in the next one.
        if (isAnonymous) {
          renewIds();
          known(memory.renew);
        }
      },
      move,
      (properties, time) => {
        const stage = rules.find(({ path }) => path.test(pathname))?.stage ?? markedStage(document, isRoute);
        const isFirst = !isRoute;
        isRoute = true;
        seen = Object.assign({}, ...observe.map((look) => look())) as Partial<Context>;
        const { id, url } = seen.page!;
        record('page_view', properties, {
          stage,
          seen,
          late(_profile, draft) {
            if (story.told === id) return undefined;
            story.told = id;
            draft.time = time;
            isAgain = isFirst && story.isFromItself && tab.left()?.lastSeen?.page === url;
            if (isAgain) draft.opening = true;
            return draft.properties;
          },
        });
      },
      (isUnknown) => {
        const page = seen.page!;
        // While nobody sees them, some pages make theirs blink.
        const title = (isHidden() && page.title) || (isUnknown ? undefined : cleanTitle(titleBefore()));
        const ended = { ...seen, page: { ...page, title } };
        ends.forEach((end) => safe(end)(ended));
      },
      safe,
    ));

    observe.push(() => {
      views.look();
      const title = ofDocument('title');
      // Every event asks.
      if (title !== rawTitle) pageTitle = cleanTitle((rawTitle = title));
      return { page: { ...story.page!, title: views.isUntitled() ? undefined : pageTitle } };
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
