/**
 * The events of people, and how many visitors are programs: those of whom the tracker marked any event. One browser is either driven by a
 * program or not, so a marked visitor is left out whole. Events that bear no visitor stand alone, in `anonymous`.
 *
 * @param {any[]} events complete events, in any order
 * @param {(event: any) => boolean} [counts] which of the programs' events are counted in `bots`; default: all
 * @returns {{ people: any[], anonymous: any[], bots: { visitors: number, events: number } }}
 */
export function setBotsApart(events, counts = () => true) {
  const marked = new Set(events.filter(({ bot, visitor }) => bot && visitor).map(({ visitor }) => visitor.id));
  const isBot = ({ bot, visitor }) => (visitor ? marked.has(visitor.id) : bot === true);
  const bots = events.filter((event) => isBot(event) && counts(event));
  const others = events.filter((event) => !isBot(event));
  return {
    people: others.filter(({ visitor }) => visitor),
    anonymous: others.filter(({ visitor }) => !visitor),
    bots: { visitors: new Set(bots.filter(({ visitor }) => visitor).map(({ visitor }) => visitor.id)).size, events: bots.length },
  };
}
