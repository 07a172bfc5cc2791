import { readUrl } from '../util/url.js';

/** Returns what an address says, part by part: its path, its parameters, and a fragment that chooses (`#/1-size-m`). Case, and a slash at the end, make no difference. */
function partsOf(address: string, base: string): [name: string, said: string][] {
  const { pathname, search, hash } = readUrl(address, base) ?? { pathname: '', search: '', hash: '' };
  // Written with entities, or with a second question mark, a parameter is one all the same; said twice, it is one.
  const parameters = new URLSearchParams(search.toLowerCase().replace(/&amp;|(?!^)\?/g, '&'));
  const parts: [string, string][] = [['/', pathname.toLowerCase().replace(/\/$/, '')], ['#', /^#!?\/|=/.test(hash) ? hash.toLowerCase() : ''], ...parameters];
  return parts.filter((part, index) => parts.findIndex((other) => `${other}` === `${part}`) === index);
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
