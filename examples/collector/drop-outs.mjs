import { happened } from './journeys.mjs';
import { MODELS } from './stages.mjs';
import { cutAddress, number, sumValues } from './values.mjs';

/** Pages listed for a stage; of the others, only the number is told. Our choice. */
const MAX_PAGES = 5;

/** Longest address kept. Our choice: a page is told by its path. */
const MAX_ADDRESS = 300;

/**
 * Where sessions ended: by stage, in the model's order, and in each by page. An end is known from `previous`, by which a session says
 * where the one before stopped (that visitor came back), or from a visitor who has left and was not seen again.
 * `values` is what was in the carts then, per currency. The stage is null where neither the tracker nor a stored event tells it.
 *
 * @param {ReturnType<import('./stages.mjs').walkStages>} walks
 * @param {any[]} carts as `cartsOf` returns them, the one touched last first
 * @param {(typeof MODELS)[number]} model
 * @param {(time: number) => boolean} [isRecent] which ends count, by when they were in epoch milliseconds; default: all
 */
export function dropOuts(walks, carts, model, isRecent = () => true) {
  const unbought = new Map(carts.filter(({ state }) => state !== 'bought').toReversed().map((cart) => [cart.visitor, cart]));
  const ends = [...walks].flatMap(([visitor, walk]) => endsOf(walk, unbought.get(visitor), model)).filter(({ time }) => isRecent(time));
  return {
    ...summary(ends),
    stages: [...model.names, null]
      .map((stage) => ({ stage, own: ends.filter((end) => end.stage === stage) }))
      .filter(({ own }) => own.length > 0)
      .map(({ stage, own }) => ({ stage, ...summary(own), ...byPage(own) })),
  };
}

function endsOf({ steps, left }, cart, model) {
  const ends = new Map();
  for (const { event } of steps) {
    const { previous } = event;
    // Two tabs that begin a session at once may both tell how the one before ended.
    if (!previous || ends.has(previous.session)) continue;
    const { session, page, seconds, cart_value, currency } = previous;
    ends.set(session, {
      stage: stageAtEnd(previous, steps, model), time: Date.parse(happened(event)) - (number(seconds) ?? 0) * 1000, page: address(page), back: true, value: number(cart_value), currency: currency ?? null,
    });
  }
  const { event, stage } = steps.at(-1);
  if (left && !ends.has(event.session?.id)) {
    ends.set(event.session?.id, {
      stage, time: Date.parse(happened(event)), page: address(event.page?.url), back: false, value: cart?.quantity > 0 ? cart.value : null, currency: cart?.currency ?? null,
    });
  }
  return [...ends.values()];
}

/** What the tracker said is of its own first model: for the others, the last event of that session tells. */
function stageAtEnd({ session, stage }, steps, model) {
  if (model === MODELS[0] && model.names.includes(stage)) return stage;
  return steps.findLast(({ event }) => event.session?.id === session)?.stage ?? null;
}

/** The page without its query: what tells campaigns apart is no page of its own. */
const address = (url) => (url == null ? null : cutAddress(url.split(/[?#]/)[0], MAX_ADDRESS));

function byPage(ends) {
  const pages = new Map();
  for (const end of ends) pages.set(end.page, pages.get(end.page) ?? []).get(end.page).push(end);
  const ranked = [...pages].map(([page, own]) => ({ page, ...summary(own) })).sort((a, b) => b.ends - a.ends);
  return { pages: ranked.slice(0, MAX_PAGES), more_pages: Math.max(0, ranked.length - MAX_PAGES) };
}

const summary = (ends) => ({ ends: ends.length, came_back: ends.filter(({ back }) => back).length, values: sumValues(ends) });
