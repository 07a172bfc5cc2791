/**
 * The events of people, and how many visitors are programs: those of whom the tracker marked any event. One browser is either driven by a
 * program or not, so a marked visitor is left out whole.
 *
 * @param {any[]} events complete events, in any order
 * @returns {{ people: any[], bots: { visitors: number, events: number } }}
 */
export function setBotsApart(events) {
  const marked = new Set(events.filter(({ bot }) => bot).map(({ visitor }) => visitor.id));
  const people = events.filter(({ visitor }) => !marked.has(visitor.id));
  return { people, bots: { visitors: marked.size, events: events.length - people.length } };
}
