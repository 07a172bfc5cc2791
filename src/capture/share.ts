import { listen } from '../browser/listen.js';
import { ofDocument } from '../browser/of-document.js';
import type { Profile } from '../identity/profile.js';
import type { OwnStage, StageName } from '../journey/names.js';
import type { Plugin } from '../plugin.js';
import { readUrl } from '../util/url.js';
import { findElement, readMark, readProperties, wakeOf } from './attributes.js';
import { createToken, markLink } from './share-token.js';

/** What `share` can be told. Other fields, such as `item_id`, become properties of the event. */
export interface ShareOptions {
  /** What is shared, relative to the page. Default: the page's canonical address, else its own. */
  url?: string | undefined;
  /** Goes with the link, where the network takes a text. Default: the page's title. */
  text?: string | undefined;
  /** Opens that network's own page for sharing; `copy` puts the link on the clipboard. Default: the share sheet, else the clipboard. */
  network?: ShareNetwork | undefined;
  /** The event's stage. Default: what the models' rules say, which is advocacy. */
  stage?: StageName | OwnStage | undefined;
  [property: string]: unknown;
}

/** Networks that have an address for sharing. Source: each network's public documentation, 2026-08. */
const ADDRESSES = {
  whatsapp: 'https://api.whatsapp.com/send?text={text}%20{url}',
  facebook: 'https://www.facebook.com/sharer/sharer.php?u={url}',
  x: 'https://twitter.com/intent/tweet?url={url}&text={text}',
  telegram: 'https://t.me/share/url?url={url}&text={text}',
  pinterest: 'https://www.pinterest.com/pin/create/button/?url={url}&description={text}',
};

/** A network that a link can be handed to, or the clipboard. */
export type ShareNetwork = keyof typeof ADDRESSES | 'copy';

/** What `sharing` adds to the tracker. */
export interface ShareMethods {
  /**
   * Shares a link that bears a random token, and tracks `share` once it is handed on. Call it from a click. A landing by the link is
   * then `shared_link`, and names the token.
   *
   * @returns the link; null if the person thought better of it, or it could not be handed on. Never rejects
   */
  share(options?: ShareOptions): Promise<string | null>;
}

/** Own tokens remembered, so that trying one's own link is no arrival. Our choice. */
const MAX_SENT = 10;

/** Opens a page for sharing in a tab of its own. */
const open = (href: string) => Object.assign(ofDocument('createElement').call(document, 'a'), { href, target: '_blank', rel: 'noopener' }).click();

/** Shares links by call, and by clicks on elements with `data-waymark-share`, whose value is the network, if any. */
export const sharing = (): Plugin<ShareMethods> => ({ memory, record, reject, report, safe, screen, stops, untilKnown, watch }) => {
  const networks = Object.keys(ADDRESSES);

  /** Hands the link on, and returns how. */
  async function handOn(url: string, text: string, network: unknown): Promise<unknown> {
    if (networks.includes(network as string)) {
      open(ADDRESSES[network as keyof typeof ADDRESSES].replace('{text}', encodeURIComponent(text)).replace('{url}', encodeURIComponent(url)));
      return network;
    }
    if (network !== 'copy' && navigator.share) {
      await navigator.share({ url, text });
      return 'sheet';
    }
    await navigator.clipboard.writeText(url);
    return 'copy';
  }

  async function attempt({ url, text = ofDocument('title'), network, stage, ...properties }: ShareOptions): Promise<string | null> {
    const canonical = ofDocument('documentElement').querySelector<HTMLLinkElement>('link[rel=canonical]');
    const address = readUrl(url ?? canonical?.href ?? location.href, location.href);
    if (!/^http/.test(address?.protocol ?? '')) return (reject('url', 'an http(s) address', url), null);
    // The first moments of a page: by which share the visitor came is still being read.
    if (!memory.profile()) await untilKnown();
    const parent = memory.profile()?.shares?.parent;
    const token = screen.mayMarket() ? createToken(parent) : undefined;
    const link = markLink(address!, token);
    const method = await handOn(link, text, network);
    const late = (profile: Profile) => {
      const { sent = [] } = profile.shares ?? {};
      if (token && screen.mayMarket()) profile.shares = { parent, sent: [...sent, token.token].slice(-MAX_SENT) };
      return { ...properties, method, share: token, parent: parent?.token };
    };
    record('share', {}, { stage, late });
    return link;
  }

  function share(options?: ShareOptions): Promise<string | null> {
    let shared: Promise<string | null> | undefined;
    safe(() => (shared = attempt(Object(options))))();
    return Promise.resolve(shared ?? null).catch((error?: DOMException) => {
      // An abort is the person's own choice.
      if (error?.name !== 'AbortError') report('share_failed', `${error}`);
      return null;
    });
  }

  const isWake = wakeOf();
  watch(() =>
    stops.push(
      listen(document, 'click', (event) => {
        const element = findElement(event, (each) => readMark(each, 'share') !== undefined);
        if (element && !isWake()) void share({ ...readProperties(element), stage: readMark(element, 'stage') as StageName | undefined, network: readMark(element, 'share') as ShareNetwork });
      }, true),
    ),
  );
  return { share };
};
