/** Longest address kept, in characters. Our choice: what browsers and servers commonly take. */
const MAX_URL = 2048;
/** Longest title kept, in characters. Our choice. */
const MAX_TITLE = 300;

/** Returns `text` with e-mail addresses replaced by `[email]`, written out or percent-encoded. */
function withoutEmails(text: string): string {
  return text.replace(/[^\s/?&=]+(@|%40)[^\s/?&=]+/gi, '[email]');
}

/**
 * Returns an address that may be stored and sent: no fragment, no user name, no query parameter but the campaign's
 * (`utm_…`), no e-mail address in the path. An empty text where it is no http(s) address.
 */
export function cleanUrl(address: string): string {
  try {
    const url = new URL(address);
    if (!/^http/.test(url.protocol)) return '';
    const kept = new URLSearchParams([...url.searchParams].filter(([name]) => /^utm_/i.test(name)));
    return withoutEmails(`${url.origin}${url.pathname}?${kept}`).replace(/\?$/, '').slice(0, MAX_URL);
  } catch {
    return '';
  }
}

/** Returns a page title that may be stored and sent. */
export function cleanTitle(title: string): string {
  return withoutEmails(title).slice(0, MAX_TITLE);
}
