import { levelOf } from '../commerce/levels.js';
import type { LandingState } from '../event/shares.js';
import { loadTiming } from '../platform/load-timing.js';
import { ofDocument } from '../platform/of-document.js';
import type { Plugin, PluginApi } from '../plugin.js';
import { plainArrival } from '../privacy/marketing.js';
import { cleanText } from '../privacy/redact.js';
import { inTime } from '../util/in-time.js';
import type { Arrivals, Classifier } from './arrivals.js';
import type { LandingInput, Networks } from './classify.js';
import { readEvidence, type Evidence } from './evidence.js';
import type { ProcessLanding } from './process-arrivals.js';

/** Longest wait for the classifier, in milliseconds. Our choice: a file from a folder that has just given another. */
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
 * ends before, and one that cannot load it, tells what the evidence itself says: channel `other`, with its campaign.
 *
 * @param arrivals what tells them apart
 * @param internalHosts more hosts of the shop's own: coming from them is no arrival; default: none
 * @param networks networks beside the built-in ones, such as `allNetworks`; default: none
 * @param sessionMinutes a pause longer than this ends a session; default: 30
 */
export function landingsBy(
  arrivals: Arrivals,
  internalHosts?: readonly string[],
  networks?: Networks,
  sessionMinutes = 30,
): Plugin<LandingState> {
  let api: PluginApi | undefined;
  let visit: LandingInput = {};
  let evidence: Evidence = { isClue: false };
  let isAwaited = false;

  /** What is done without the classifier, and by it with what counts. */
  const processAny: ProcessLanding = (draft, state = {}, { mayMarket }) => {
    const { by, context, name, properties, time } = draft;
    if (by === 'landings') {
      const { story } = api!.tracker;
      // A tracker that was stopped on this page may have told it.
      if (time >= performance.timeOrigin) {
        if (story.hasArrived) return { drafts: [] };
        story.hasArrived = true;
      }
      return { drafts: [mayMarket ? draft : { ...draft, properties: plainArrival(properties) }] };
    }
    const isCheckout = levelOf(name) === 'checkout' || (name === 'page_view' && CHECKOUT.test(`${context.page?.url}`));
    const checkout = name === 'purchase' ? undefined : isCheckout ? time : state.checkout;
    return { state: checkout === state.checkout ? state : { ...state, checkout }, drafts: [draft] };
  };
  let process = processAny;
  const classifyBy = ({ processArrivals }: Classifier) =>
    (process = processArrivals(visit, api!, cleanText, evidence, sessionMinutes, processAny));

  return {
    name: 'landings',
    state: { withoutMarketing: ({ parent: _, ...state }) => state },
    needs: () => isAwaited,
    async load() {
      classifyBy(await inTime(arrivals.load(), CLASSIFIER_MS));
      return {};
    },
    process: (draft, state, visitor) => process(draft, state, visitor),
    start(given) {
      api = given;
      const { on, track, tracker } = given;
      const navigation = loadTiming();
      // As it was requested: the shop's router may have tidied the address.
      const url = (navigation?.name ?? location.href) + location.hash;
      visit = { url, referrer: ofDocument('referrer'), userAgent: navigator.userAgent, internalHosts, networks };
      evidence = readEvidence(visit);
      const { arrival, isClue } = evidence;
      const classifier = arrivals.classifier();
      if (classifier) classifyBy(classifier);
      else isAwaited = isClue;
      on('event', () => {
        // Whoever has a cart may leave to pay: the classifier knows where one pays.
        if ((tracker.record()?.state.commerce as { cart?: unknown } | undefined)?.cart) arrivals.load().catch(() => {});
      });
      // A frame without an address of its own is part of the page that it is in.
      if (!arrival || /^(rel|back)/.test(navigation?.type ?? '') || /^(about|blob):/.test(location.href)) return;
      const { name, properties } = arrival;
      // A referrer alone does not say whether somebody was just away to pay: it counts where it begins a session.
      track(name, properties, {
        by: 'landings',
        session: properties.campaign || properties.share ? undefined : 'start',
      });
    },
  };
}
