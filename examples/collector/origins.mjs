/** Names and addresses that mean this machine: RFC 6761, 6.3, and RFC 1122, 3.2.1.3. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host name, as `URL` or the command line spells it, is this machine. */
export const isLoopback = (hostname) => LOOPBACK.test(hostname);

/**
 * A function that tells whether pages of an origin may post.
 *
 * @param {object} rule
 * @param {string[]} [rule.origins] as browsers write them, `https://shop.example`; `*` for every http(s) origin. Default: pages of this machine alone
 * @param {boolean} [rule.nullOrigin] whether sandboxed frames may, which have no origin and say `null`; default: no
 * @returns {(origin: string) => boolean}
 * @throws {TypeError} when `origins` has something that no browser would say
 */
export function createOriginRule({ origins, nullOrigin = false }) {
  for (const origin of origins ?? []) {
    if (origin !== '*' && originOf(origin) !== origin) {
      throw new TypeError(`--origins takes origins such as https://shop.example, without a path, or *; got ${origin}`);
    }
  }
  const named = new Set(origins);
  return (origin) => {
    if (origin === 'null') return nullOrigin;
    if (originOf(origin) !== origin) return false;
    return origins ? named.has(origin) || named.has('*') : isLoopback(new URL(origin).hostname);
  };
}

/** The http(s) origin that a text begins with, as browsers write it; undefined where there is none. */
function originOf(text) {
  try {
    const { protocol, origin } = new URL(text);
    return /^https?:$/.test(protocol) ? origin : undefined;
  } catch {
    return undefined; // It is no address.
  }
}
