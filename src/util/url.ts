/** Reads an address, relative to `base` if there is one; undefined where it is none. */
export function readUrl(address: unknown, base?: string): URL | undefined {
  try {
    return new URL(String(address), base);
  } catch {
    return undefined;
  }
}

/** Query parameter of links between the shop's domains: it says who the visitor is, so no address that is told or passed on may bear it. */
export const LINK_PARAMETER = 'wml';
