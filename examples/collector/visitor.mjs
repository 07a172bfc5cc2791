import { followCarts } from './carts.mjs';
import { happened } from './journeys.mjs';

/** Events told of one visitor, the latest; of those before, only the number. Our choice: what a page can hold. */
const MAX_ENTRIES = 300;

/**
 * Everything that one visitor did, in order: the events with their stage in the chosen model and the move to it, the arrival where one begins
 * with the event, and what was in the cart afterwards where that changed. An entry is `session` apart from the one before where the
 * tracker began a new session, and says how long the visitor was `away` then, in milliseconds.
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks of all visitors, not cut to a time
 * @param {string} id of the visitor
 * @param {(typeof import('./stages.mjs').MODELS)[number]} model
 * @returns null for a visitor of whom nothing is looked at
 */
export function visitorTimeline(walks, id, { names }) {
  const walk = walks.get(id);
  if (!walk) return null;
  const carts = followCarts();
  const known = new Set();
  let before = null;
  let worth = JSON.stringify(carts.worth);
  const entries = walk.steps.map(({ event, stage, loop }) => {
    const { name, properties, page, session, touchpoint, in_app } = event;
    carts.take(event);
    const worthNow = JSON.stringify(carts.worth);
    const key = touchpoint && JSON.stringify([touchpoint.time, touchpoint.channel, touchpoint.network]);
    const distance = before ? names.indexOf(stage) - names.indexOf(before.stage) : 0;
    const entry = {
      id: event.id, at: happened(event), name, properties, page: page ?? null, in_app: in_app?.network ?? null, stage,
      move: !before ? 'enter' : loop ? 'loop' : distance === 0 ? 'stay' : distance < 0 ? 'back' : distance > 1 ? 'skip' : 'forward',
      arrival: touchpoint && !known.has(key) ? touchpoint : null,
      cart: worthNow === worth ? null : carts.worth,
      session: session && session.id !== before?.session ? session.number : null,
      away: before && session && session.id !== before.session ? Math.max(0, Date.parse(happened(event)) - Date.parse(before.at)) : null,
    };
    if (key) known.add(key);
    worth = worthNow;
    before = { stage, at: entry.at, session: session?.id };
    return entry;
  });
  return {
    id,
    user_id: walk.steps.findLast(({ event }) => event.visitor.user_id)?.event.visitor.user_id ?? null,
    left: walk.left,
    events: entries.length,
    shown: entries.slice(-MAX_ENTRIES),
  };
}
