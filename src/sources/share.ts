import { findElement } from '../platform/find-element.js';
import { listen } from '../platform/listen.js';
import { ofDocument } from '../platform/of-document.js';
import type { OwnStage, StageName } from '../journey/names.js';
import type { Plugin } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import { wrong } from '../util/show.js';
import { readUrl } from '../util/url.js';
import type { LandingState, SharingState } from '../event/shares.js';
import { readMark, readProperties, wakeOf } from './attributes.js';
import { createToken, markLink } from './share-link.js';

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
const open = (href: string) =>
  Object.assign(ofDocument('createElement').call(document, 'a'), { href, target: '_blank', rel: 'noopener' }).click();

/** Hands a link on, and returns how. */
async function handOn(url: string, text: string, network: unknown): Promise<unknown> {
  const address = lookUp(network);
  if (address) {
    open(address.replace('{text}', encodeURIComponent(text)).replace('{url}', encodeURIComponent(url)));
    return network;
  }
  if (network !== 'copy' && navigator.share) {
    await navigator.share({ url, text });
    return 'sheet';
  }
  await navigator.clipboard.writeText(url);
  return 'copy';
}
/** Returns the address for sharing of a network; undefined where it has none. */
const lookUp = (network: unknown): string | undefined =>
  Object.entries(ADDRESSES).find(([name]) => name === network)?.[1];

/** Shares links by call, and by clicks on elements with `data-waymark-share`, whose value is the network, if any. */
export function sharing(): Plugin<SharingState, ShareMethods> {
  let share: ShareMethods['share'];
  return {
    name: 'sharing',
    state: { withoutMarketing: () => undefined },
    process(draft, state, { mayMarket }) {
      const { by, properties } = draft;
      if (by !== 'sharing') return undefined;
      const { share: own } = properties as { share?: { token: string } };
      if (!mayMarket) return { drafts: [{ ...draft, properties: plainArrival(properties) }] };
      return own && { state: { sent: [...(state?.sent ?? []), own.token].slice(-MAX_SENT) } };
    },
    methods({ guard, report, track, tracker }) {
      async function attempt({
        url,
        text = ofDocument('title'),
        network,
        stage,
        ...properties
      }: ShareOptions): Promise<string | null> {
        const canonical = ofDocument('documentElement').querySelector<HTMLLinkElement>('link[rel=canonical]');
        const address = readUrl(url ?? canonical?.href ?? location.href, location.href);
        if (!/^http/.test(address?.protocol ?? '')) return (report(...wrong('url', 'an http(s) address', url)), null);
        // The first moments of a page: by which share the visitor came is still being read.
        if (!tracker.record()) await tracker.ready();
        const { parent } = Object(tracker.record()?.state.landings) as LandingState;
        const token = tracker.mayMarket() ? createToken(parent) : undefined;
        const link = markLink(address!, token);
        const method = await handOn(link, text, network);
        track('share', { ...properties, method, share: token, parent: parent?.token }, { stage, by: 'sharing' });
        return link;
      }
      share = (options) => {
        let shared: Promise<string | null> | undefined;
        guard(() => {
          shared = attempt(Object(options) as ShareOptions);
        })();
        return Promise.resolve(shared ?? null).catch((error?: DOMException) => {
          // An abort is the person's own choice.
          if (error?.name !== 'AbortError') report('share_failed', `${error}`);
          return null;
        });
      };
      return { share };
    },
    start({ stops }) {
      const isWake = wakeOf();
      stops.push(
        listen(
          document,
          'click',
          (event) => {
            const element = findElement(event, (each) => readMark(each, 'share') !== undefined);
            if (element && !isWake())
              void share({
                ...readProperties(element),
                stage: readMark(element, 'stage') as StageName | undefined,
                network: readMark(element, 'share') as ShareNetwork,
              });
          },
          true,
        ),
      );
    },
  };
}
