import { loadTiming } from '../browser/load-timing.js';
import { ofDocument } from '../browser/of-document.js';
import { LEVELS } from '../commerce/abandonment.js';
import type { Draft } from '../event/stamp.js';
import type { Profile } from '../identity/profile.js';
import type { Plugin } from '../plugin.js';
import { inTime } from '../util/in-time.js';
import { hasEvidence, readArrival, type Arrival } from './arrival.js';
import type { Arrivals } from './arrivals.js';
import type { Networks } from './classify.js';

/** Longest wait for the classifier, in milliseconds. Our choice: a file from a folder that has just given another. What happens meanwhile waits in memory. */
const CLASSIFIER_MS = 3000;

/** Addresses of checkouts, but not of what comes after the order. */
const CHECKOUT = /\/(check-?outs?|kasse|caisse|pago|payment)(?![a-z])(?!.*(success|received|thank|confirm|complete))/i;

/**
 * Tracks how an arrival came: `social_landing`, or `landing` for the channels that are not social. A reload, a way back in the
 * history and a visit without evidence in the middle of a session are no arrivals. Neither is a way back from any host in the middle of a checkout
 * that was begun in this session, unless it bears a campaign, a click id or a share: banks have many hosts. In the browser of a network's app, every event
 * says so, and is sent at once: such a browser may be gone without a word.
 *
 * Where there is evidence and the classifier has still to be loaded, everything waits for it, so that no event goes out without its arrival. A page that
 * ends before, and one that cannot load it, tells of the arrival what can be said without: channel `other`, with its campaign.
 *
 * @param arrivals what tells them apart
 * @param internalHosts more hosts of the shop's own: coming from them is no arrival; default: none
 * @param networks networks beside the built-in ones, such as `allNetworks`; default: none
 * @param sessionMinutes a pause longer than this ends a session; default: 30
 */
export const landingsBy =
  (arrivals: Arrivals, internalHosts?: readonly string[], networks?: Networks, sessionMinutes = 30): Plugin =>
  (tools) => {
    const { enrich, known, record, screen, stops, story, tracker, wake, watch } = tools;
    const navigation = loadTiming();
    // As it was requested: the shop's router may have tidied the address.
    const url = (navigation?.name ?? location.href) + location.hash;
    const visit = { url, referrer: ofDocument('referrer'), userAgent: navigator.userAgent, internalHosts, networks };
    let read: Arrival | undefined;
    const arrival = () => (read ??= readArrival(visit, arrivals.classifier()));
    const isKnown = !!arrivals.classifier() || !hasEvidence(visit);
    if (!isKnown) tools.coming = inTime(arrivals.load(), CLASSIFIER_MS).catch(() => {});
    enrich.push((_draft, _profile, _fields, context) => {
      const { inApp } = arrival();
      // What is found of the visit before is of no page of this one.
      if (inApp && context.page) context.in_app = inApp;
    });
    stops.push(
      tracker.on('event', ({ in_app, name }) => {
        if (in_app) wake(0);
        // Whoever has a cart may leave to pay: the classifier knows where one pays.
        if (LEVELS[name]) void arrivals.load();
      }),
    );
    screen.scrubs.push((profile) => delete profile.shares);
    enrich.push(({ name }, profile, _fields, { page }) => {
      if (name === 'purchase') delete profile.checkout;
      else if (LEVELS[name] === 'checkout' || (name === 'page_view' && CHECKOUT.test(`${page?.url}`))) profile.checkout = profile.session?.id;
    });
    watch(() => {
      known(({ cart }) => cart && void arrivals.load());
      // A frame without an address of its own is part of the page that it is in.
      if (/^(rel|back)/.test(navigation?.type ?? '') || /^(about|blob):/.test(location.href)) return;
      if (isKnown && arrival().properties.channel === 'internal') return;
      const late = (profile: Profile, draft: Draft) => {
        const { name, properties } = arrival();
        const { campaign, channel, click_ids, share } = properties;
        const { checkout, last = 0, session, shares } = profile;
        const { sent = [] } = shares ?? {};
        // The visitor was away to pay, or to sign in.
        const wasAway = !(campaign || click_ids || share) && session && checkout === session.id && draft.time - last <= sessionMinutes * 60_000;
        // Trying one's own link is no arrival.
        if (channel === 'internal' || wasAway || story.hasArrived || (share && sent.includes(share.token))) return undefined;
        story.hasArrived = true;
        if (share && screen.mayMarket()) profile.shares = { parent: share, sent };
        draft.name = name;
        if (channel === 'direct') draft.opening = true;
        return properties;
      };
      record('landing', {}, { late });
    });
  };
