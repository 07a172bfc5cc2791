import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';
import { cleanTitle, cleanUrl } from '../privacy/redact.js';
import { randomId } from '../util/id.js';
import { markedStage, readPatterns } from './page-stage.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /** Tracks a page view by hand, where automatic page views are off, and begins a new page. */
  page(properties?: Record<string, unknown>): void;
}

/**
 * Tells every event the page it happens in: clean address, title and referrer. A new address is a new page. Page views have the stage of
 * their page: by a pattern of its path, by `<meta name="waymark:stage">`, by an element with `data-waymark-stage`, or as a product page by
 * JSON-LD or `og:type`, in this order.
 *
 * @param patterns stages by path, the first that matches: `{ '/blog/*': 'awareness' }`; default: none
 * @param isStage whether there is a stage of a name; default: there is
 * @throws TypeError for a pattern that cannot match, and for an unknown stage
 */
export const pages = (patterns: Readonly<Record<string, string>> = {}, isStage?: (stage: string) => boolean): Plugin<PageMethods> => {
  const rules = readPatterns(patterns, isStage);
  return ({ observe, record, safe }) => {
    let address = '';
    let page: NonNullable<Context['page']> | undefined;
    let counted: typeof page;

    function begin(): void {
      page = { id: randomId(), url: cleanUrl(location.href), referrer: cleanUrl(page ? page.url : document.referrer) || undefined };
    }
    /** Returns the page of this moment. A route that has just changed the address is there before its page view. */
    function look(): typeof page {
      const [now] = location.href.split('#');
      if (now !== address) begin();
      address = now!;
      return page;
    }
    observe.push(() => ({ page: { ...look()!, title: cleanTitle(document.title) } }));
    return {
      page: safe((properties) => {
        const isRoute = !!counted;
        if (look() === counted) begin();
        counted = page;
        const stage = rules.find(({ path }) => path.test(location.pathname))?.stage ?? markedStage(document, isRoute);
        record('page_view', properties, { stage });
      }),
    };
  };
};
