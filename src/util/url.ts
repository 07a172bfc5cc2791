/** Reads an address, relative to `base` if there is one; undefined where it is none. */
export function readUrl(address: unknown, base?: string): URL | undefined {
  try {
    return new URL(`${address}`, base);
  } catch {
    return undefined;
  }
}
