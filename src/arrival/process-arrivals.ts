import type { Draft } from '../event/draft.js';
import type { LandingState, SharingState } from '../event/shares.js';
import type { PluginApi, Step, VisitorView } from '../plugin.js';
import type { SessionState } from '../visitor/session.js';
import { readArrival, type Clean } from './arrival.js';
import type { LandingInput } from './classify.js';
import type { Evidence } from './evidence.js';

/** What comes of a draft, as far as arrivals go. */
export type ProcessLanding = (
  draft: Draft,
  state: LandingState | undefined,
  visitor: VisitorView,
) => Step<LandingState> & { drafts: readonly Draft[] };

/**
 * Returns what tells how this page was arrived at: `landings` does by this once the classifier is there.
 *
 * @param clean takes out of a text what must not be told of a person
 * @param next what is done with an arrival that counts, and with every other draft
 */
export function processArrivals(
  visit: LandingInput,
  { on, tracker }: PluginApi,
  clean: Clean,
  evidence: Evidence,
  sessionMinutes: number,
  next: ProcessLanding,
): ProcessLanding {
  const { name, properties, inApp } = readArrival(visit, clean, evidence.shared);
  const { campaign, channel, click_ids, share } = properties;
  // An app's own browser may be gone without a word.
  if (inApp) on('event', ({ in_app }) => in_app && tracker.wake());

  /** Whether the visitor was away from a checkout, to pay or to sign in. */
  function wasAway({ time }: Draft, checkout = 0, { last, state }: VisitorView): boolean {
    const { session } = Object(state.sessions) as SessionState;
    const isInCheckout = !!session && checkout >= Date.parse(session.started) && time - last <= sessionMinutes * 60_000;
    return isInCheckout && !(campaign || click_ids || share);
  }

  /** Whether somebody has just tried their own link. */
  const isOwnShare = ({ state }: VisitorView) =>
    !!share && (Object(state.sharing) as Partial<SharingState>).sent?.includes(share.token);

  function land(draft: Draft, state: LandingState | undefined, visitor: VisitorView): ReturnType<ProcessLanding> {
    if (channel === 'internal' || wasAway(draft, state?.checkout, visitor) || isOwnShare(visitor))
      return { drafts: [] };
    const told = tracker.copy(properties, name);
    const session = channel === 'direct' ? 'start' : undefined;
    const step = next({ ...draft, name, properties: told, session }, state, visitor);
    return share && visitor.mayMarket && step.drafts.length ? { ...step, state: { ...state, parent: share } } : step;
  }

  return (draft, state, visitor) => {
    const { by, context, time } = draft;
    // What is found of the visit before is of no page of this one.
    const seen = inApp && context.page ? { ...draft, context: { ...context, in_app: inApp } } : draft;
    // A page that ended before it had the classifier has said what it could.
    const isHere = by === 'landings' && time >= performance.timeOrigin;
    return isHere ? land(seen, state, visitor) : next(seen, state, visitor);
  };
}
