import { ofDocument } from './of-document.js';

/** Whether an address is one of a host: `about:srcdoc`, `about:blank` and `blob:` are none. */
export const isWeb = (address: string): boolean => /^http/.test(address);

/**
 * Returns an address on the page's host, by which paths on that host can be told: its own; where a document has none, its origin's, and where that is hidden, the
 * page's that it is in. Not by `baseURI`: a base element says that.
 */
export function siteAddress(): string {
  const { href } = location;
  return isWeb(href) ? href : ([`${origin}/`, ofDocument('referrer')].find(isWeb) ?? href);
}
