/**
 * Returns where the requests go.
 *
 * @param collector address of the collector, as the shop gave it
 * @param path what the format adds to it, unless it ends so already; a query in it adds what is not there yet. Default: nothing
 * @param base what a collector on the shop's own host is relative to
 * @throws TypeError where that is no address
 */
export function addressOf(collector: string, path = '', base: string): URL {
  const url = new URL(collector, base);
  const [own = '', query] = path.split('?');
  if (!url.pathname.endsWith(own)) url.pathname = url.pathname.replace(/\/$/, '') + own;
  for (const [name, value] of new URLSearchParams(query)) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  return url;
}
