import { listen } from '../browser/listen.js';
import { trueOf } from '../browser/of-document.js';
import type { Plugin } from '../plugin.js';
import { readUrl } from '../util/url.js';
import { eventOf, findElement, readMark, wakeOf } from './attributes.js';

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

const isLink = (element: Element) => trueOf(element, 'matches').call(element, 'a[href]');
/** Whether the shop has said what a click on an element is. */
const isMarked = (element: Element) => eventOf(element, 'click') || readMark(element, 'share') !== undefined;

/**
 * Tracks clicks on links, also by the middle button, that lead to somebody: `follow` for profiles on social networks and links with
 * `rel="me"`; `contact` for `mailto:` and `tel:`, without the address. A link that says by `data-waymark-…` what a click on it is goes by that.
 */
export const outgoing = (): Plugin => ({ cleanUrl, record, safe, stops, watch }) =>
  watch(() => {
    const isWake = wakeOf();
    const onClick = safe((event: Event) => {
      const link = findElement(event, (each) => isLink(each) || isMarked(each)) as HTMLAnchorElement | undefined;
      // The right button opens a menu.
      if (!link || !isLink(link) || isMarked(link) || (event as MouseEvent).button > 1 || isWake()) return;
      const url = readUrl(link.href);
      const method = { 'mailto:': 'email', 'tel:': 'phone' }[`${url?.protocol}`];
      if (method) return record('contact', { method });
      if (!/^http/.test(`${url?.protocol}`)) return;
      const network = profileNetwork(url!) ?? (/(^|\s)me(\s|$)/i.test(link.rel) && url!.hostname);
      if (network) record('follow', { network, url: cleanUrl(link.href) });
    });
    stops.push(...['click', 'auxclick'].map((type) => listen(document, type, onClick, true)));
  });
