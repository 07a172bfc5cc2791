/** The canonical stages, in order. */
export const STAGES = ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy'];

/**
 * Events in the order in which they happened: by time, then by sequence number. It is the visitor's own clock that
 * counts; the time of arrival says more about the network than about the journey.
 *
 * @param {any[]} events complete events, in any order
 */
export function inOrder(events) {
  return events
    .map((event) => ({ event, time: Date.parse(event.time) }))
    .sort((a, b) => a.time - b.time || a.event.seq - b.event.seq)
    .map(({ event }) => event);
}

/** When an event happened: by the collector's clock where it knows, else by the browser's. */
export const happened = (event) => event.received?.occurred_at ?? event.time;

/** Whether the visitor did something. That a cart was abandoned is found out, often long after: it is not a sign of life. */
export const isDone = ({ name }) => name !== 'cart_abandon';

/**
 * One entry per visitor, the one seen last first: arrivals, and the path through the stages as steps. A step is a run of
 * events in one stage of one loop; `move` says how the visitor came to it. A new arrival begins a step of its own, and is
 * its `arrival`. Events of trackers without stages make no step.
 *
 * @param {any[]} events complete events, in any order
 */
export function visitorPaths(events) {
  const visitors = new Map();
  for (const event of inOrder(events)) {
    const visitor = visitors.get(event.visitor.id) ?? newVisitor(event.visitor);
    visitors.set(event.visitor.id, visitor);
    visitor.user_id = event.visitor.user_id ?? visitor.user_id;
    if (isDone(event) || !visitor.last_seen) visitor.last_seen = happened(event);
    visitor.events += 1;
    const arrival = newArrival(visitor.touchpoints, event);
    if (event.journey) addStep(visitor.steps, event, arrival);
  }
  return [...visitors.values()].sort((a, b) => Date.parse(b.last_seen) - Date.parse(a.last_seen));
}

const newVisitor = ({ id }) => ({ id, user_id: null, last_seen: null, events: 0, touchpoints: [], steps: [] });

/** The event's touchpoint if it is the first event to name it, else null. */
function newArrival(touchpoints, { touchpoint }) {
  const same = (other) =>
    other.time === touchpoint.time && other.channel === touchpoint.channel && other.network === touchpoint.network;
  if (!touchpoint || touchpoints.some(same)) return null;
  touchpoints.push(touchpoint);
  return touchpoint;
}

function addStep(steps, { journey, name }, arrival) {
  const step = steps.at(-1);
  const stays = journey.move === 'stay' && step?.stage === journey.stage && step.loop === journey.loop;
  if (stays && !arrival) {
    step.events += 1;
    if (!step.names.includes(name)) step.names.push(name);
    return;
  }
  const { stage, move, loop } = journey;
  steps.push({ stage, move, loop, arrival, events: 1, names: [name] });
}
