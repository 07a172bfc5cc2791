import { readUrl } from '../util/url.js';

/** Returns what an address says, part by part: its path and its parameters. Case, and a slash at the end, make no difference. */
function partsOf(address: string, base: string): [name: string, said: string][] {
  const { pathname, search } = readUrl(address, base) ?? { pathname: '', search: '' };
  return [['/', pathname.toLowerCase().replace(/\/$/, '')], ...new URLSearchParams(search.toLowerCase())];
}

/**
 * Returns which of a product's variants an address names, by their addresses; undefined where it names none. What chooses is what these differ in, be it parameters or
 * the path: whatever else is in the page's address, and in whatever order, makes no difference, such as a campaign, a click id or the path of a collection.
 *
 * @param variants each with its address, which may be relative to the page's; one without an address cannot be named
 * @param whole address of the product as a whole, where it has one
 * @param address of the page
 */
export function chooseVariant<Variant extends { url?: unknown }>(variants: readonly Variant[], whole: unknown, address: string): Variant | undefined {
  const addressed = variants.filter(({ url }) => url);
  const all = [...addressed.map(({ url }) => url), whole].filter(Boolean).map((url) => partsOf(`${url}`, address));
  const counts = new Map<string, number>();
  for (const part of all.flat()) counts.set(`${part}`, (counts.get(`${part}`) ?? 0) + 1);
  const choosing = new Set(all.flat().filter((part) => counts.get(`${part}`)! < all.length).map(([name]) => name));
  const choice = (parts: [string, string][]) => `${parts.filter(([name]) => choosing.has(name)).sort()}`;
  const here = choice(partsOf(address, address));
  const [named, another] = addressed.filter((_, index) => choice(all[index]!) === here);
  return another ? undefined : named;
}
