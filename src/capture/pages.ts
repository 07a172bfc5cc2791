import type { Context } from '../event/event.js';
import type { Plugin } from '../plugin.js';
import { cleanTitle, cleanUrl } from '../privacy/redact.js';
import { randomId } from '../util/id.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /** Tracks a page view by hand, where automatic page views are off, and begins a new page. */
  page(properties?: Record<string, unknown>): void;
}

/** Tells every event the page it happens in: clean address, title and referrer. A new address is a new page. */
export const pages = (): Plugin<PageMethods> => ({ observe, record, safe }) => {
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
      if (look() === counted) begin();
      counted = page;
      record('page_view', properties);
    }),
  };
};
