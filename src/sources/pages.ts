import { isHidden, ofDocument } from '../platform/of-document.js';
import { pageAddress } from '../platform/page-address.js';
import { commerceOf } from '../commerce/state.js';
import type { Data, Draft } from '../event/draft.js';
import type { Context } from '../event/event.js';
import type { LastSeen } from '../event/drop-out.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { plainPage } from '../privacy/marketing.js';
import { cleanTitle, cleanUrl, hashRoute, staysIn } from '../privacy/redact.js';
import { randomId, renewIds } from '../util/id.js';
import { markedStage, readPatterns, stageOf } from './page-stage.js';
import { createViews, type Views } from './views.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /**
   * Tracks a page view by hand. Where automatic page views are on, a call for an address that has just begun (the same task, and up to 300
   * milliseconds while the title is waited for) is the automatic view, with these properties.
   */
  page(properties?: Record<string, unknown>): void;
}

/** Returns what tells the first item of an event from others. */
function firstItem({ items }: Data): string | undefined {
  const [item] = [items].flat() as ({ item_id?: string; item_name?: string } | undefined)[];
  return item?.item_id ?? item?.item_name;
}

/** Returns a draft with its search term cleaned, and its page as far as it may be told. */
function cleaned(draft: Draft, mayMarket: boolean): Draft {
  const { context, properties } = draft;
  const { search_term } = properties;
  return {
    ...draft,
    properties: typeof search_term === 'string' ? { ...properties, search_term: cleanTitle(search_term) } : properties,
    context: mayMarket || !context.page ? context : { ...context, page: plainPage(context.page) },
  };
}

type Page = NonNullable<Context['page']>;

/** Where a page is. */
interface Place {
  /** What tells its address apart from those of other pages. */
  address: string;
  /** The part of it that stays where only a query or a state is noted in it. */
  path: string;
  /** The route that its fragment spells; an empty text where that is no part of the address. */
  route: string;
}

/** Returns where the document is. */
function readPlace(stays: (parameter: string) => boolean, hashRoutes: boolean): Place {
  const { hash, pathname, search } = location;
  const route = hashRoutes ? hashRoute(hash) : '';
  const path = pathname + route;
  // What of the query tells pages apart is what stays of it; what a visit came by is no page.
  const query = [...new URLSearchParams(search)].filter(([name]) => stays(name) && !/^utm_/i.test(name));
  return { address: path + query.sort().join() + (route && hash), path, route };
}

/**
 * Tells every event the page it happens in: clean address, title and referrer; cleans search terms. A new address is a new page. Page views have the stage of
 * their page: by a pattern of its path, by `<meta name="waymark:stage">`, by an element with `data-waymark-stage`, or as a product page by
 * JSON-LD or `og:type`, in this order. Where addresses change without a new document, it needs `routes`.
 *
 * @param patterns stages by path, the first that matches: `{ '/blog/*': 'awareness' }`; default: none
 * @param isStage whether there is a stage of a name; default: there is
 * @param hashRoutes whether a fragment that begins with `#/` or `#!` is part of the address; default: false
 * @throws TypeError for a pattern that cannot match, and for an unknown stage
 */
export function pages(
  patterns: Readonly<Record<string, string>> = {},
  isStage?: (stage: string) => boolean,
  hashRoutes = false,
): Plugin<undefined, PageMethods> {
  const rules = readPatterns(patterns, isStage);
  let api: PluginApi;
  let views: Views;
  let pageTitle: string | undefined;
  let rawTitle: string;
  /** Id of the page that the document was loaded for. */
  let firstPage: string | undefined;
  /** Whether this document is the one before once more, as after a form that posts to its own page: still that view, unless it begins a session. */
  let isAgain = false;

  /** Returns the first view of a page, and no other one, as it counts. */
  function view(draft: Draft): Draft[] {
    const { left, story } = api.tracker;
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
      views.look();
      // Something else is to come after the view that waits for its title.
      if (isTracked) views.settle();
      const title = ofDocument('title');
      // Every event asks.
      if (title !== rawTitle) pageTitle = cleanTitle((rawTitle = title));
      return { page: { ...api.tracker.story.page!, title: views.isUntitled() ? undefined : pageTitle } };
    },
    process(draft, _, visitor) {
      const { name, properties, by } = draft;
      const { viewed } = commerceOf(visitor);
      if (isAgain && name === 'view_item' && viewed && viewed === firstItem(properties)) return { drafts: [] };
      const told = cleaned(draft, visitor.mayMarket);
      return { drafts: name === 'page_view' && by === 'pages' ? view(told) : [told] };
    },
    methods(given) {
      api = given;
      const { guard, track, tracker } = given;
      const { shared, story } = tracker;
      const stays = staysIn(tracker.options);
      const place = () => readPlace(stays, hashRoutes);
      // Of a route that has set its title first: as the latest event has seen it, until the part is there that watches it.
      const titleBefore = () =>
        shared.titleBefore?.() ?? (place().address === story.address ? ofDocument('title') : rawTitle);
      /** The stage that a pattern gives the page. */
      let stage: string | undefined;
      let isRoute = false;
      /** What was seen of the page as its view was counted. */
      let counted: Partial<Context>;
      function move(page: Omit<Page, 'url'> = story.page!): void {
        const { address, route } = place();
        stage = stageOf(location.pathname, rules);
        story.page = { ...page, url: cleanUrl(pageAddress(), stays) + route };
        story.address = address;
      }
      views = shared.views = createViews(
        place,
        () => ofDocument('title'),
        titleBefore,
        () => {
          const { page } = story;
          // The tracker before this one may have been stopped on this page.
          const isSame = page && !firstPage && story.address === place().address;
          const referrer = page ? page.url : cleanUrl(ofDocument('referrer'), stays);
          move(isSame ? page : { id: randomId(), referrer: referrer || undefined });
          firstPage ??= story.page!.id;
          // Without identifiers, nothing that one page view has been given is seen in the next one.
          if (tracker.isAnonymous) {
            renewIds();
            tracker.renew();
          }
        },
        () => move(),
        (properties, time) => {
          counted = tracker.look();
          const own = stage ?? markedStage(document, isRoute);
          track('page_view', properties, { stage: own, time, context: counted, by: 'pages' });
          isRoute = true;
        },
        (isUntitled) => {
          const page = counted.page!;
          // While nobody sees them, some pages make theirs blink.
          const title = (isHidden() && page.title) || (isUntitled ? undefined : cleanTitle(titleBefore()));
          tracker.emit('pageend', { ...counted, page: { ...page, title } });
        },
        guard,
      );
      return { page: guard((properties) => views.page(tracker.copy(properties, 'page_view'))) };
    },
    start({ on, stops }) {
      on('flush', views.close);
      on('leave', (isLeft) => {
        views.look();
        views.settle();
        if (isLeft) views.leave();
      });
      stops.push(views.close);
    },
  };
}
