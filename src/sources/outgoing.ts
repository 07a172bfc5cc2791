import { findElement } from '../platform/find-element.js';
import { listen } from '../platform/listen.js';
import { trueOf } from '../platform/of-document.js';
import type { Plugin } from '../plugin.js';
import { cleanUrl, staysIn } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import { eventOf, readMark, wakeOf } from './attributes.js';

/**
 * Addresses of profiles by network; `~` is a name. What is shared, posted and watched has other paths, or first words that are no name.
 * Source: each network's public documentation, 2026-08.
 */
const PROFILES = {
  instagram: 'instagram.com/~',
  facebook: '(facebook|fb).com/(~|(pages|people)/~/~|groups/~)',
  tiktok: 'tiktok.com/@~',
  x: '(x|twitter).com/~',
  youtube: 'youtube.com/(@|c/|user/|channel/)~(/~)?',
  pinterest: 'pinterest.(com?.)?[a-z]{2,3}/~(/~)?',
  linkedin: 'linkedin.com/(company|in|school|showcase)/~',
  threads: 'threads.(com|net)/@~',
  snapchat: 'snapchat.com/(add/|@)~',
  reddit: 'reddit.com/(r|u|user)/~',
  whatsapp: 'whatsapp.com/channel/~',
  telegram: '(t|telegram).me/(s/|joinchat/)?~',
  discord: 'discord(.com/invite|.gg)/~',
  bluesky: 'bsky.app/profile/~',
};

/** A name: no first word of a path that leads elsewhere, with or without `.php`. */
const NAME =
  '(?!(about|accounts|dialog|direct|events|explore|hashtag|help|home|ideas|intent|joinchat|legal|login|marketplace|permalink|photos?|pin|plugins|privacy|p|reels?|search|share|sharer|signup|stories|story|terms|tos|tv|watch)(.php)?(/|$))[\\w.%+-]+';

/** Returns the network whose profile an address is; undefined where it is none that we know. */
export function profileNetwork({ hostname, pathname }: URL): string | undefined {
  const address = hostname + pathname.replace(/\/+$/, '');
  return Object.keys(PROFILES).find((network) => {
    const pattern = PROFILES[network as keyof typeof PROFILES].replace(/\./g, '\\.').replace(/~/g, NAME);
    // The same place for phones, and in other languages: m., de-de.; not help. or developers.
    return new RegExp(`^((www|m|web|mobile|old|[a-z]{2}(-[a-z]{2})?)\\.)?${pattern}$`, 'i').test(address);
  });
}

/** How a link leads to somebody that is no page. */
const METHODS: Readonly<Record<string, string>> = { 'mailto:': 'email', 'tel:': 'phone' };

const isLink = (element: Element) => trueOf(element, 'matches').call(element, 'a[href]');
/** Whether the shop has said what a click on an element is. */
const isMarked = (element: Element) => eventOf(element, 'click') || readMark(element, 'share') !== undefined;

/** Returns the event of a link, and what it is about but for its address; undefined where it leads to nobody. */
function readLink({ href, rel }: HTMLAnchorElement): [name: 'contact' | 'follow', about: string] | undefined {
  const url = readUrl(href);
  const method = url && METHODS[url.protocol];
  if (method) return ['contact', method];
  if (!url || !/^http/.test(url.protocol)) return undefined;
  const network = profileNetwork(url) ?? (/(^|\s)me(\s|$)/i.test(rel) && url.hostname);
  return network ? ['follow', network] : undefined;
}

/**
 * Tracks clicks on links, also by the middle button, that lead to somebody: `follow` for profiles on social networks and links with
 * `rel="me"`; `contact` for `mailto:` and `tel:`, without the address. A link that says by `data-waymark-…` what a click on it is goes by that.
 */
export const outgoing = (): Plugin => ({
  name: 'outgoing',
  start({ guard, stops, track, tracker }) {
    const isWake = wakeOf();
    const onClick = guard((event: Event) => {
      const link = findElement(event, (each) => isLink(each) || isMarked(each)) as HTMLAnchorElement | undefined;
      // The right button opens a menu.
      if (!link || !isLink(link) || isMarked(link) || (event as MouseEvent).button > 1 || isWake()) return;
      const [name, about] = readLink(link) ?? [];
      if (name === 'contact') track(name, { method: about });
      else if (name) track(name, { network: about, url: cleanUrl(link.href, staysIn(tracker.options)) });
    });
    stops.push(...['click', 'auxclick'].map((type) => listen(document, type, onClick, true)));
  },
});
