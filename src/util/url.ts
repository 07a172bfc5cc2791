/** Reads an address; undefined where it is none. */
export function readUrl(address: unknown): URL | undefined {
  try {
    return new URL(`${address}`);
  } catch {
    return undefined;
  }
}
