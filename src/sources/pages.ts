import { isHidden, ofDocument } from '../platform/of-document.js';
import { pageAddress } from '../platform/page-address.js';
import { watchTitle } from '../platform/title.js';
import { commerceOf } from '../commerce/state.js';
import type { Draft } from '../event/draft.js';
import type { Context } from '../event/event.js';
import type { LastSeen } from '../event/drop-out.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { plainPage } from '../privacy/marketing.js';
import { cleanTitle, cleanUrl, hashRoute, staysIn } from '../privacy/redact.js';
import { randomId, renewIds } from '../util/id.js';
import { markedStage, readPatterns } from './page-stage.js';
import { createViews, type Views } from './views.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /**
   * Tracks a page view by hand. Where automatic page views are on, a call for an address that has just begun (the same task, and up to 300
   * milliseconds while the title is waited for) is the automatic view, with these properties.
   */
  page(properties?: Record<string, unknown>): void;
}

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
export function pages(patterns: Readonly<Record<string, string>> = {}, isStage?: (stage: string) => boolean, hashRoutes = false): Plugin<undefined, PageMethods> {
  const rules = readPatterns(patterns, isStage);
  let api: PluginApi | undefined;
  let views: Views | undefined;
  let pageTitle: string | undefined;
  let rawTitle: string;
  /** Id of the page that the document was loaded for. */
  let firstPage: string | undefined;
  /** Whether this document is the one before once more, as after a form that posts to its own page: still that view, unless it begins a session. */
  let isAgain = false;

  function context(): Partial<Context> {
    if (!api || !views) return {};
    views.look();
    const title = ofDocument('title');
    // Every event asks.
    if (title !== rawTitle) pageTitle = cleanTitle((rawTitle = title));
    return { page: { ...api.tracker.story.page!, title: views.isUntitled() ? undefined : pageTitle } };
  }

  /** Returns the first view of a page, and no other one, as it counts. */
  function view(draft: Draft): Draft[] {
    const { left, story } = api!.tracker;
    const last = left()?.state.dropOuts as LastSeen | undefined;
    const { id, url } = draft.context.page!;
    if (story.told === id) return [];
    story.told = id;
    isAgain = id === firstPage && !!story.isFromItself && last?.page === url;
    return [isAgain ? { ...draft, session: 'start' } : draft];
  }

  return {
    name: 'pages',
    context(isTracked) {
      views?.look();
      // Something else is to come after the view that waits for its title.
      if (isTracked) views?.settle();
      return context();
    },
    process(draft, _, visitor) {
      const { name, context: seen, properties, by } = draft;
      const { search_term, items } = properties;
      const [item] = [items].flat() as ({ item_id?: string; item_name?: string } | undefined)[];
      const { viewed } = commerceOf(visitor);
      if (isAgain && name === 'view_item' && viewed && viewed === (item?.item_id ?? item?.item_name)) return { drafts: [] };
      let told: Draft = typeof search_term === 'string' ? { ...draft, properties: { ...properties, search_term: cleanTitle(search_term) } } : draft;
      if (!visitor.mayMarket && seen.page) told = { ...told, context: { ...seen, page: plainPage(seen.page) } };
      return { drafts: name === 'page_view' && by === 'pages' ? view(told) : [told] };
    },
    methods(given) {
      api = given;
      const { guard, track, tracker } = given;
      const { story } = tracker;
      const stays = staysIn(tracker.options);
      /** Whether a page has begun in this tracker's time. */
      let hasPage = false;
      let pathname: string;
      let isRoute = false;
      let href: string | undefined;
      let read: [address: string, path: string];
      /** What was seen of the page as its view was counted. */
      let counted: Partial<Context>;
      const route = () => (hashRoutes ? hashRoute(location.hash) : '');
      function move(): void {
        pathname = location.pathname;
        story.page = { ...story.page!, url: cleanUrl(pageAddress(), stays) + route() };
        [story.address] = read;
      }
      views = tracker.shared.views = createViews(
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
        () => tracker.shared.titleBefore?.() ?? ofDocument('title'),
        () => {
          const { page } = story;
          // The tracker before this one was stopped on this page.
          if (!page || hasPage || story.address !== read[0]) story.page = { id: randomId(), url: '', referrer: (page ? page.url : cleanUrl(ofDocument('referrer'), stays)) || undefined };
          if (!hasPage) firstPage = story.page!.id;
          hasPage = true;
          move();
          // Without identifiers, nothing that one page view has been given is seen in the next one.
          if (tracker.isAnonymous) {
            renewIds();
            tracker.renew();
          }
        },
        move,
        (properties, time) => {
          const stage = rules.find(({ path }) => path.test(pathname))?.stage ?? markedStage(document, isRoute);
          isRoute = true;
          counted = tracker.look();
          track('page_view', properties, { stage, time, context: counted, by: 'pages' });
        },
        (isUnknown) => {
          const page = counted.page!;
          // While nobody sees them, some pages make theirs blink.
          const title = (isHidden() && page.title) || (isUnknown ? undefined : cleanTitle(tracker.shared.titleBefore?.() ?? ofDocument('title')));
          tracker.emit('pageend', { ...counted, page: { ...page, title } });
        },
      );
      return { page: guard((properties) => views!.page(tracker.copy(properties, 'page_view'))) };
    },
    start({ on, stops, tracker }) {
      tracker.shared.titleBefore = watchTitle(stops);
      on('flush', views!.close);
      on('leave', (isLeft) => {
        views!.look();
        views!.settle();
        if (isLeft) views!.leave();
      });
      stops.push(views!.close);
    },
  };
}
