import { loadTiming } from '../platform/load-timing.js';
import { ofDocument } from '../platform/of-document.js';
import { LEVELS } from '../commerce/abandonment.js';
import { commerceOf } from '../commerce/state.js';
import type { Draft } from '../event/draft.js';
import type { Plugin, PluginApi, Step, VisitorView } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import type { SessionState } from '../visitor/session.js';
import { inTime } from '../util/in-time.js';
import { hasEvidence, readArrival, type Arrival } from './arrival.js';
import type { Arrivals } from './arrivals.js';
import type { LandingInput, Networks } from './classify.js';
import type { LandingState, SharingState } from '../event/shares.js';

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
export function landingsBy(arrivals: Arrivals, internalHosts?: readonly string[], networks?: Networks, sessionMinutes = 30): Plugin<LandingState> {
  let api: PluginApi | undefined;
  let visit: LandingInput;
  let read: Arrival | undefined;
  const arrival = () => (read ??= readArrival(visit, arrivals.classifier()));

  /** Returns the arrival as it counts, and what is remembered of it; no draft where it is none. */
  function land(draft: Draft, state: LandingState, { last, mayMarket, state: all }: VisitorView): Step<LandingState> {
    const { name, properties } = arrival();
    const { campaign, channel, click_ids, share } = properties;
    const { session } = Object(all.sessions) as SessionState;
    const { sent = [] } = Object(all.sharing) as SharingState;
    const { story, copy } = api!.tracker;
    // The visitor was away to pay, or to sign in.
    const isInCheckout = session && state.checkout! >= Date.parse(session.started) && draft.time - last <= sessionMinutes * 60_000;
    const wasAway = !(campaign || click_ids || share) && isInCheckout;
    // Trying one's own link is no arrival.
    if (channel === 'internal' || wasAway || story.hasArrived || (share && sent.includes(share.token))) return { drafts: [] };
    story.hasArrived = true;
    const told = copy(mayMarket ? properties : plainArrival(properties), name);
    return { state: share && mayMarket ? { ...state, parent: share } : state, drafts: [{ ...draft, name, properties: told, session: channel === 'direct' ? 'start' : undefined }] };
  }

  return {
    name: 'landings',
    state: { withoutMarketing: ({ parent: _, ...state }) => state },
    process(draft, state = {}, visitor) {
      const { by, context, name } = draft;
      if (name.startsWith('~') || !visit) return undefined;
      const { inApp } = arrival();
      // What is found of the visit before is of no page of this one.
      const seen = inApp && context.page ? { ...draft, context: { ...context, in_app: inApp } } : draft;
      if (by === 'landings') return land(seen, state, visitor);
      const isCheckout = LEVELS[name] === 'checkout' || (name === 'page_view' && CHECKOUT.test(`${context.page?.url}`));
      const checkout = name === 'purchase' ? undefined : isCheckout ? draft.time : state.checkout;
      return { state: checkout === state.checkout ? state : { ...state, checkout }, drafts: [seen] };
    },
    start(given) {
      api = given;
      const { on, track, tracker } = given;
      const navigation = loadTiming();
      // As it was requested: the shop's router may have tidied the address.
      const url = (navigation?.name ?? location.href) + location.hash;
      visit = { url, referrer: ofDocument('referrer'), userAgent: navigator.userAgent, internalHosts, networks };
      const isKnown = !!arrivals.classifier() || !hasEvidence(visit);
      if (!isKnown) tracker.wait(inTime(arrivals.load(), CLASSIFIER_MS).catch(() => {}));
      on('event', ({ in_app, name }) => {
        if (in_app) tracker.wake();
        // Whoever has a cart may leave to pay: the classifier knows where one pays.
        if (LEVELS[name]) void arrivals.load();
      });
      tracker.known((record) => void (commerceOf(record).cart && arrivals.load()));
      // A frame without an address of its own is part of the page that it is in.
      if (/^(rel|back)/.test(navigation?.type ?? '') || /^(about|blob):/.test(location.href)) return;
      if (isKnown && arrival().properties.channel === 'internal') return;
      track('landing', {}, { by: 'landings' });
    },
  };
}
