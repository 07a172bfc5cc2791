import { ofDocument } from './of-document.js';

/**
 * Returns the address of the page. A document without one of its own (`srcdoc`, `about:blank`, `blob:`) is part of the page that it is in; where that may not be
 * seen, what is known of its origin stands for it. Not by `baseURI`: a base element says that.
 */
export function pageAddress(): string {
  const isWeb = (address: string) => /^http/.test(address);
  try {
    let page: Window = window;
    while (!isWeb(page.location.href) && page !== page.parent) page = page.parent;
    if (isWeb(page.location.href)) return page.location.href;
  } catch {
    // Of another origin.
  }
  return [`${origin}/`, ofDocument('referrer')].find(isWeb) ?? location.href;
}
