import { listen } from '../browser/listen.js';
import { loadTiming } from '../browser/load-timing.js';
import { attributeOf, ofDocument } from '../browser/of-document.js';
import { findElement } from '../capture/attributes.js';
import type { Plugin } from '../plugin.js';
import { editQuery, LINK_PARAMETER, readUrl } from '../util/url.js';
import { urlId } from '../util/uuid5.js';
import { createProfile } from './profile.js';

/** How long such a link holds, in milliseconds. Source: Google Analytics' linker, 2026: two minutes. */
const MAX_AGE_MS = 120_000;

/** Returns the sum over what a link says and the browser that it was made in: a page has no secret, but whoever copies the link elsewhere, or changes it, has another sum. */
const sumOf = (id: string, time: string, userAgent: string): string => urlId([LINK_PARAMETER, id, time, userAgent].join(' ')).slice(0, 8);

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
 * Takes over the visitor whom a link from another domain of the shop's names, where nobody is known yet. It counts for two minutes, in the browser that it
 * was made in, coming from a page of one of these domains, and only with consent to both purposes, since it ties two sites together. The page's address is
 * without it at once, whatever the consent: whoever copies that passes nobody on.
 *
 * @param domains the shop's others, with all below them: `shop.example`
 */
export const linked =
  (domains: readonly string[]): Plugin =>
  (tools) => {
    // As it was requested: the shop's router may have tidied the address.
    const requested = loadTiming()?.name ?? location.href;
    const address = location.href.replace(/\?wml=[^&#]*&/, '?').replace(/[?&]wml=[^&#]*/g, '');
    try {
      if (address !== location.href) history.replaceState(history.state, '', address);
    } catch {
      // A frame of opaque origin, or a frozen history: nothing that is told or shared has it all the same.
    }
    tools.watch(() => {
      const text = readUrl(requested)?.searchParams.get(LINK_PARAMETER);
      let id = isOf(readUrl(ofDocument('referrer'))?.hostname ?? '', domains) ? readLink(text, Date.now(), navigator.userAgent) : undefined;
      tools.newcomer = () => {
        const profile = createProfile();
        if (id && tools.screen.mayMarket()) profile.id = id;
        id = undefined;
        return profile;
      };
    });
  };

/** Has clicked links to the shop's other domains say who the visitor is. A link is changed for the moment of the click alone, and only its query. */
export const linking =
  (domains: readonly string[]): Plugin =>
  ({ memory, safe, screen, stops, watch }) =>
    watch(() => {
      const onClick = safe((event: Event) => {
        // Whatever is in the link, also in an open shadow root. Links in drawings have their address in an older attribute, maybe.
        const nameOf = (each: Element) => (/^(a|area)$/.test(each.localName) ? ['href', 'xlink:href'].find((name) => attributeOf(each, name) !== null) : undefined);
        const link = findElement(event, nameOf);
        const name = link && nameOf(link)!;
        // The right button opens a menu, and a download is no visit.
        if (!link || (event as MouseEvent).button > 1 || attributeOf(link, 'download') !== null) return;
        const before = attributeOf(link, name!)!;
        const url = readUrl(before, ofDocument('baseURI'));
        const { id } = Object(memory.profile()) as { id?: string };
        if (!url || !/^http/.test(url.protocol) || url.hostname === location.hostname || !isOf(url.hostname, domains) || !id || !screen.mayMarket()) return;
        const marked = editQuery(before.trim(), () => false, `${LINK_PARAMETER}=${writeLink(id, Date.now(), navigator.userAgent)}`);
        link.setAttribute(name!, marked);
        // Once the browser has gone on with it; unless the page has changed it meanwhile.
        setTimeout(() => attributeOf(link, name!) === marked && link.setAttribute(name!, before));
      });
      stops.push(...['click', 'auxclick'].map((type) => listen(document, type, onClick, true)));
    });
