import { readUrl } from '../util/url.js';

/** Longest address kept, in characters. Our choice: what browsers and servers commonly take. */
const MAX_URL = 2048;
/** Longest title kept, in characters. Our choice. */
const MAX_TITLE = 300;

/** Returns `text` with e-mail addresses replaced by `[email]`, written out or percent-encoded. */
export const withoutEmails = (text: string) => text.replace(/[^\s/?&=]+(@|%(25)*40)[^\s/?&=]+/gi, '[email]');

/**
 * Returns an address that may be stored and sent: no fragment, no user name, no query parameter but the campaign's
 * (`utm_…`), no e-mail address. An empty text where it is no http(s) address.
 */
export function cleanUrl(address: string): string {
  const url = readUrl(address);
  if (!url || !/^http/.test(url.protocol)) return '';
  url.hash = url.username = url.password = '';
  for (const name of [...url.searchParams.keys()]) if (!/^utm_/i.test(name)) url.searchParams.delete(name);
  return withoutEmails(url.href.slice(0, MAX_URL));
}

/** Returns a page title that may be stored and sent. */
export const cleanTitle = (title: string): string => withoutEmails(title.slice(0, MAX_TITLE));

/**
 * Returns the route that a fragment spells, as it may be stored and sent: `#/cart`, `#!/cart`. It ends where something like a query begins. An
 * empty text for a fragment that is none: a place in the page, or what a sign-in hands back.
 */
export const hashRoute = (fragment: string): string => withoutEmails(/^#[!/]([^?&=;#%]|%(?!3[fbd]|2[36]))+/i.exec(fragment.slice(0, MAX_URL))?.[0] ?? '');
