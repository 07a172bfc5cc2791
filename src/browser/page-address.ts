import { isWeb, siteAddress } from './site-address.js';

/**
 * Returns the address of the page. A document without one of its own (`srcdoc`, `about:blank`, `blob:`) is part of the page that it is in; where that may not be
 * seen, what is known of its origin stands for it.
 */
export function pageAddress(): string {
  try {
    let page: Window = window;
    while (!isWeb(page.location.href) && page !== page.parent) page = page.parent;
    if (isWeb(page.location.href)) return page.location.href;
  } catch {
    // Of another origin.
  }
  return siteAddress();
}
