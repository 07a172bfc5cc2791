import type { Plugin } from '../plugin.js';
import { cleanTitle, cleanUrl } from '../privacy/redact.js';
import { randomId } from '../util/id.js';

/** What `pages` adds to the tracker. */
export interface PageMethods {
  /** Tracks a page view by hand, where automatic page views are off, and begins a new page. */
  page(properties?: Record<string, unknown>): void;
}

/** Tells every event the page it happens in: clean address, title and referrer. */
export const pages = (): Plugin<PageMethods> => ({ observe, record, safe }) => {
  const begin = (referrer: string) => ({ id: randomId(), url: cleanUrl(location.href), referrer: cleanUrl(referrer) || undefined });
  let page: ReturnType<typeof begin> | undefined;
  let isCounted = false;

  observe.push(() => {
    page ??= begin(document.referrer);
    return { page: { ...page, title: cleanTitle(document.title) || undefined } };
  });
  return {
    page: safe((properties) => {
      if (isCounted) page = begin(page!.url);
      isCounted = true;
      record('page_view', properties);
    }),
  };
};
