import { loadTiming } from '../browser/load-timing.js';
import { ofDocument } from '../browser/of-document.js';
import { LEVELS } from '../commerce/abandonment.js';
import type { Draft } from '../event/stamp.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin } from '../plugin.js';
import { cleanText } from '../privacy/redact.js';
import { readUrl } from '../util/url.js';
import { classify, type Landing, type LandingInput, type Networks } from './classify.js';
import { readToken } from './share-token.js';

/** Returns the values cleaned; undefined where there are none. */
const clean = (values: object = {}, isDirty = /^/) => {
  const entries = Object.entries(values);
  return entries.length ? Object.fromEntries(entries.map(([name, value]) => [name, isDirty.test(`${value}`) ? cleanText(`${value}`) : `${value}`])) : undefined;
};

/** How a visit came, as its event says it. */
export interface Arrival {
  /** Name of the event. */
  name: string;
  properties: Pick<Landing, 'channel' | 'network' | 'paid' | 'by' | 'confidence' | 'share'> & { campaign: object | undefined; click_ids: object | undefined };
  inApp: Landing['inApp'];
}

/** Tells how a visit came; a link that somebody shared counts before everything else. */
export function readArrival(input: LandingInput): Arrival {
  const { inApp, clickIds, campaign, ...found } = classify(input);
  const properties: Arrival['properties'] = { ...found, campaign: clean(campaign), click_ids: clean(clickIds, /@|%(25)*40/) };
  const share = found.channel === 'internal' ? undefined : readToken(readUrl(input.url));
  if (share) Object.assign(properties, { channel: 'shared_link', paid: false, by: 'token', confidence: 'high', share } satisfies Partial<Landing>);
  return { name: /soc|mess|inf|shar/.test(properties.channel) ? 'social_landing' : 'landing', properties, inApp };
}

/** Addresses of checkouts, but not of what comes after the order. */
const CHECKOUT = /\/(check-?outs?|kasse|caisse|pago|payment)(?![a-z])(?!.*(success|received|thank|confirm|complete))/i;

/**
 * Tracks how an arrival came: `social_landing`, or `landing` for the channels that are not social. A reload, a way back in the
 * history and a visit without evidence in the middle of a session are no arrivals. Neither is a way back from any host in the middle of a checkout
 * that was begun in this session, unless it bears a campaign, a click id or a share: banks have many hosts. In the browser of a network's app, every event
 * says so, and is sent at once: such a browser may be gone without a word.
 *
 * @param internalHosts more hosts of the shop's own: coming from them is no arrival; default: none
 * @param networks networks beside the built-in ones, such as `allNetworks`; default: none
 * @param sessionMinutes a pause longer than this ends a session; default: 30
 */
export const landings =
  (internalHosts?: readonly string[], networks?: Networks, sessionMinutes = 30): Plugin =>
  ({ enrich, observe, record, screen, stops, story, tracker, wake, watch }) => {
    const navigation = loadTiming();
    // As it was requested: the shop's router may have tidied the address.
    const url = (navigation?.name ?? location.href) + location.hash;
    const { name, properties, inApp } = readArrival({ url, referrer: ofDocument('referrer'), userAgent: navigator.userAgent, internalHosts, networks });
    if (inApp) {
      observe.push(() => ({ in_app: inApp }));
      stops.push(tracker.on('event', () => wake(0)));
    }
    screen.scrubs.push((profile) => delete profile.shares);
    enrich.push(({ name }, profile, _fields, { page }) => {
      if (name === 'purchase') delete profile.checkout;
      else if (LEVELS[name] === 'checkout' || (name === 'page_view' && CHECKOUT.test(`${page?.url}`))) profile.checkout = profile.session?.id;
    });
    watch(() => {
      const { campaign, channel, click_ids, share } = properties;
      // A frame without an address of its own is part of the page that it is in.
      if (/^(rel|back)/.test(navigation?.type ?? '') || channel === 'internal' || /^(about|blob):/.test(location.href)) return;
      const late = (profile: Profile, { time }: Draft) => {
        const { checkout, last = 0, session, shares } = profile;
        const { sent = [] } = shares ?? {};
        // The visitor was away to pay, or to sign in.
        if (!(campaign || click_ids || share) && session && checkout === session.id && time - last <= sessionMinutes * 60_000) return undefined;
        // Trying one's own link is no arrival.
        if (story.hasArrived || (share && sent.includes(share.token))) return undefined;
        story.hasArrived = true;
        if (share && screen.mayMarket()) profile.shares = { parent: share, sent };
        return properties;
      };
      record(name, {}, { opening: channel === 'direct' || undefined, late });
    });
  };
