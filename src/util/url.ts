/** Reads an address, relative to `base` if there is one; undefined where it is none. */
export function readUrl(address: unknown, base?: string): URL | undefined {
  try {
    return new URL(`${address}`, base);
  } catch {
    return undefined;
  }
}

/** Query parameter of links between the shop's domains: it says who the visitor is, so no address that is told or passed on may bear it. */
export const LINK_PARAMETER = 'wml';

/**
 * Returns an address, also a relative one, with another query; all else of it, and the other parameters, stay as they are written, byte for byte:
 * they may be signed.
 *
 * @param isOut whether a parameter of this name is left out
 * @param added a parameter, as it is written: takes the place of those of its name, or else comes last
 */
export function editQuery(address: string, isOut: (name: string) => boolean, added = ''): string {
  const [, path = '', query, hash = ''] = /^([^?#]*)(?:\?([^#]*))?([^]*)$/.exec(address)!;
  const nameOf = (part: string) => [...new URLSearchParams(part).keys()][0] ?? '';
  const put = nameOf(added);
  let rest = added;
  const parts = (query ? query.split('&') : []).map((part) => {
    const name = nameOf(part);
    if (!put || name !== put) return isOut(name) ? undefined : part;
    const first = rest || undefined;
    rest = '';
    return first;
  });
  const text = [...parts, rest || undefined].filter((part) => part !== undefined).join('&');
  return path + (text || query === '' ? `?${text}` : '') + hash;
}
