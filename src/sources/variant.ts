import { readUrl } from '../util/url.js';

/**
 * Returns what an address says, part by part, each as `name,value`: its path, a fragment that chooses (`#/1-size-m`), and its parameters. Case, and a slash at
 * the end, make no difference.
 */
function partsOf(address: string, base: string): string[] {
  const { pathname, search, hash } = readUrl(address, base) ?? { pathname: '', search: '', hash: '' };
  // Written with entities, or with a second question mark, a parameter is one all the same; said twice, it is one.
  const parameters = new URLSearchParams(search.toLowerCase().replace(/&amp;|(?!^)\?/g, '&'));
  const path = `/,${pathname.toLowerCase().replace(/\/$/, '')}`;
  const fragment = `#,${/^#!?\/|=/.test(hash) ? hash.toLowerCase() : ''}`;
  return [...new Set([path, fragment, ...[...parameters].map(String)])];
}
const nameOf = (part: string) => part.split(',')[0];
const without = (parts: readonly string[], others: readonly string[]) => parts.filter((part) => !others.includes(part));

/**
 * Returns which of a product's variants an address names, by their addresses; undefined where it names none. What chooses is what these differ in, be it parameters or
 * the path: whatever else is in the page's address, and in whatever order, makes no difference, such as a campaign, a click id or the path of a collection.
 *
 * @param variants each with its address, which may be relative to the page's; one without an address cannot be named
 * @param whole address of the product as a whole, where it has one
 * @param address of the page
 */
export function chooseVariant<Variant extends { url?: string | undefined }>(
  variants: readonly Variant[],
  whole: string | undefined,
  address: string,
): Variant | undefined {
  const addressed = variants.filter(({ url }) => url);
  const all = [...addressed.map(({ url }) => url), whole].flatMap((url) => (url ? [partsOf(url, address)] : []));
  // What one of them lacks that another has is lacking in the first, or in one that is not the first.
  const [first = []] = all;
  const differing = all.flatMap((parts) => [...without(parts, first), ...without(first, parts)]);
  const choosing = new Set(differing.map(nameOf));
  const choiceOf = (parts: string[]) =>
    parts
      .filter((part) => choosing.has(nameOf(part)))
      .sort()
      .join();
  const here = choiceOf(partsOf(address, address));
  const [named, another] = addressed.filter((_, index) => choiceOf(all[index]!) === here);
  return another ? undefined : named;
}
