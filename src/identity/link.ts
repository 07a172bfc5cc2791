import { listen } from '../browser/listen.js';
import { ofDocument } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';
import { readUrl } from '../util/url.js';
import { urlId } from '../util/uuid5.js';
import { createProfile } from './profile.js';

/** Query parameter of links between the shop's domains. */
const PARAMETER = 'wml';
/** How long such a link holds, in milliseconds. Source: Google Analytics' linker, 2026: two minutes. */
const MAX_AGE_MS = 120_000;

/** Returns the sum over what a link says and the browser that it was made in: a page has no secret, but whoever copies the link elsewhere, or changes it, has another sum. */
const sumOf = (id: string, time: string, userAgent: string): string => urlId([PARAMETER, id, time, userAgent].join(' ')).slice(0, 8);

/**
 * Returns what a link says of the visitor.
 *
 * @param id the visitor's
 * @param now milliseconds since 1970
 */
export function writeLink(id: string, now: number, userAgent: string): string {
  const time = now.toString(36);
  return [id, time, sumOf(id, time, userAgent)].join('.');
}

/** Returns the visitor's id that a link says; undefined for one that is too old, was made in another browser or changed, or is none. Never throws. */
export function readLink(text: string | null | undefined, now: number, userAgent: string): string | undefined {
  const [, id, time, sum] = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.([\da-z]{1,11})\.([\da-f]{8})$/.exec(text ?? '') ?? [];
  const age = now - parseInt(time!, 36);
  // A clock that is set a little back on the way makes no other browser of it.
  return id && Math.abs(age) < MAX_AGE_MS && sum === sumOf(id, time!, userAgent) ? id : undefined;
}

const isOf = (host: string, domains: readonly string[]): boolean => domains.some((domain) => `.${host}`.endsWith(`.${domain.toLowerCase()}`));

/**
 * Takes over the visitor whom a link from another domain of the shop's names, where nobody is known yet: so the link counts once. It counts for two minutes, in
 * the browser that it was made in, coming from one of these domains, and only with consent to both purposes, since it ties two sites together.
 *
 * @param domains the shop's others, with all below them: `shop.example`
 */
export const linked =
  (domains: readonly string[]): Plugin =>
  (tools) =>
    tools.watch(() => {
      const referrer = ofDocument('referrer');
      const text = readUrl(performance.getEntriesByType('navigation')[0]?.name ?? location.href)?.searchParams.get(PARAMETER);
      let id = !referrer || isOf(readUrl(referrer)?.hostname ?? '', domains) ? readLink(text, Date.now(), navigator.userAgent) : undefined;
      tools.newcomer = () => {
        const profile = createProfile();
        if (id && tools.screen.mayMarket()) profile.id = id;
        id = undefined;
        return profile;
      };
    });

/** Has clicked links to the shop's other domains say who the visitor is. A link is changed for the moment of the click alone. */
export const linking =
  (domains: readonly string[]): Plugin =>
  ({ memory, safe, screen, stops, watch }) =>
    watch(() => {
      const onClick = safe((event: Event) => {
        const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>('a[href]');
        const url = link && readUrl(link.getAttribute('href'), ofDocument('baseURI'));
        const { id } = Object(memory.profile()) as { id?: string };
        if (!url || !/^http/.test(url.protocol) || url.hostname === location.hostname || !isOf(url.hostname, domains) || !id || !screen.mayMarket()) return;
        const before = link.getAttribute('href')!;
        url.searchParams.set(PARAMETER, writeLink(id, Date.now(), navigator.userAgent));
        link.setAttribute('href', url.href);
        // Once the browser has gone on with it; unless the page has changed it meanwhile.
        setTimeout(() => link.getAttribute('href') === url.href && link.setAttribute('href', before));
      });
      stops.push(...['click', 'auxclick'].map((type) => listen(document, type, onClick, true)));
    });
