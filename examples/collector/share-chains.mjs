import { conversionsOf } from './conversions.mjs';
import { happened, inOrder } from './journeys.mjs';
import { sumValues, text } from './values.mjs';

/** What the live page can hold without becoming unreadable. Our choice. */
const MAX_CHAINS = 12;
const MAX_LEVELS = 6;
const MAX_PEOPLE = 10;
const MAX_ENTRIES = 150;

/** What the tracker makes: 12 hex digits. Anything else is no token. */
const TOKEN = /^[0-9a-f]{12}$/;

/**
 * Who shared, who came by it, and whether they bought or shared on: `shown` are chains as trees, those that brought most people first.
 *
 * A share is `{ token, by, method, at, page, came, bought, people }`; `by` is null for an unknown share, of which there is an arrival
 * but no `share` event (it is missing, or somebody made the token up). One of its people is `{ visitor, user_id, at, bought, values,
 * shares }`, `shares` being those that this person passed on; `at` is null where the arrival itself is not known. Purchases count
 * from the arrival on. Who opens a link of their own is nobody who came. How deep a chain is, the chain says, and not the link.
 *
 * Tokens are a stranger's: a chain that leads back to itself is cut where it is entered, at its oldest share, and what is too deep or too much
 * is only counted, as `more_people` and `more_shares`.
 *
 * @param {any[]} events complete events, in any order
 * @param {(visitor: string, time: number) => boolean} [counts] whether something counts that a visitor did at a time, in epoch milliseconds by this server's
 *   clock (-Infinity where it is not known). A chain is counted and shown whole where any of its shares or arrivals counts; default: all are
 */
export function shareChains(events, counts = () => true) {
  const { shares, people: everyone, names } = readShares(inOrder(events));
  const orders = purchasesByVisitor(events);
  const chains = findChains(shares).filter(({ line }) => line.some((share) =>
    (share.by !== null && counts(share.by, share.when)) || [...share.people.values()].some(({ visitor, when }) => counts(visitor, when))));
  const kept = new Set(chains.flatMap(({ line }) => line));
  const people = everyone.filter(({ share }) => kept.has(share));
  const came = new Set([...kept].flatMap((share) => [...peopleWhoCame(share)]));
  const boughtAfter = ({ visitor, at, time }) => (orders.get(visitor) ?? []).filter((order) => at === null || order.time >= time);
  const entries = { left: MAX_ENTRIES };

  return {
    totals: {
      shares: [...kept].filter(({ by }) => by !== null).length,
      came: came.size,
      bought: new Set(people.filter((person) => came.has(person.visitor) && boughtAfter(person).length > 0).map(({ visitor }) => visitor)).size,
      shared_on: new Set(people.filter((person) => came.has(person.visitor) && person.shares.length > 0).map(({ visitor }) => visitor)).size,
      longest: chains.reduce((longest, { depth }) => Math.max(longest, depth), 0),
    },
    shown: chains.slice(0, MAX_CHAINS).map(({ root }) => describeShare(root, { level: 1, seen: new Set(), names, boughtAfter, entries })),
    more: Math.max(0, chains.length - MAX_CHAINS),
  };
}

/** Every share by its token, known or not, with its people; a person's `shares` are those with this share as their parent. */
function readShares(events) {
  const shares = new Map();
  const people = [];
  const names = new Map();
  const shareOf = (token) => {
    const share = shares.get(token) ?? { token, by: null, method: null, at: null, page: null, parent: null, people: new Map() };
    shares.set(token, share);
    return share;
  };
  const personOf = (share, visitor) => {
    let person = share.people.get(visitor);
    if (!person) {
      person = { visitor, share, at: null, time: Infinity, when: -Infinity, shares: [] };
      share.people.set(visitor, person);
      people.push(person);
    }
    return person;
  };
  const arrive = (token, visitor, at, ahead) => {
    if (!isToken(token)) return;
    const person = personOf(shareOf(token), visitor);
    const time = Date.parse(at);
    if (time < person.time) Object.assign(person, { at, time, when: time + ahead });
  };

  for (const event of events) {
    const { name, time, visitor: { id, user_id }, properties, touchpoint, journey, page } = event;
    const ahead = Date.parse(happened(event)) - Date.parse(time);
    if (user_id) names.set(id, user_id);
    if (/^(social_)?landing$/.test(name) && properties.by === 'token') arrive(properties.share?.token, id, time, ahead);
    for (const touch of [touchpoint, ...(journey?.path ?? [])]) if (touch?.share) arrive(touch.share.token, id, touch.time, ahead);
    const token = properties.share?.token;
    if (name !== 'share' || !isToken(token)) continue;
    const share = shareOf(token);
    // The first to name a token is who made it; who repeats it has it from there.
    if (share.by !== null) continue;
    const { parent } = properties;
    Object.assign(share, { by: id, method: text(properties.method), at: time, when: Date.parse(time) + ahead, page: page?.url ?? null });
    if (!isToken(parent) || parent === token) continue;
    share.parent = shareOf(parent);
    personOf(share.parent, id).shares.push(share);
  }
  return { shares, people, names };
}

const isToken = (token) => typeof token === 'string' && TOKEN.test(token);

const peopleWhoCame = ({ by, people }) => [...people.keys()].filter((visitor) => visitor !== by);

function purchasesByVisitor(events) {
  const orders = new Map();
  for (const conversion of conversionsOf(events)) {
    if (!conversion.purchase) continue;
    orders.set(conversion.visitor, orders.get(conversion.visitor) ?? []).get(conversion.visitor).push(conversion);
  }
  return orders;
}

/**
 * The chains by their first shares, with how many people came by each and how long it is. Walks with a list, not by recursion: a chain
 * that somebody made up may be thousands long.
 */
function findChains(shares) {
  const reached = new Set();
  const measure = (root) => {
    const line = [{ share: root, depth: 1 }];
    const visitors = new Set();
    let depth = 0;
    reached.add(root);
    for (const entry of line) {
      for (const visitor of peopleWhoCame(entry.share)) visitors.add(visitor);
      depth = Math.max(depth, entry.depth);
      for (const { shares: onward } of entry.share.people.values()) {
        for (const share of onward) {
          if (reached.has(share)) continue;
          reached.add(share);
          line.push({ share, depth: entry.depth + 1 });
        }
      }
    }
    return { root, line: line.map(({ share }) => share), came: visitors.size, depth };
  };
  const all = [...shares.values()];
  const chains = all.filter(({ parent }) => parent === null).map(measure);
  // What is in no chain so far goes round in a circle. They are in the order in which they were made.
  for (const share of all) if (!reached.has(share)) chains.push(measure(share));
  return chains.sort((a, b) => b.came - a.came || b.depth - a.depth);
}

function describeShare(share, context) {
  const { seen, level, names, boughtAfter, entries } = context;
  seen.add(share);
  entries.left -= 1;
  const came = peopleWhoCame(share);
  // Whoever opened a link of their own is told of only where the chain goes on there.
  const people = [...share.people.values()].filter(({ visitor, shares }) => visitor !== share.by || shares.length > 0);
  const shown = [];
  for (const person of people.sort((a, b) => b.shares.length - a.shares.length || a.time - b.time)) {
    if (shown.length === MAX_PEOPLE || entries.left <= 0) break;
    entries.left -= 1;
    shown.push(describePerson(person, context));
  }
  return {
    token: share.token, method: share.method, at: share.at, page: share.page,
    by: share.by === null ? null : { visitor: share.by, user_id: names.get(share.by) ?? null },
    came: came.length,
    bought: came.filter((visitor) => boughtAfter(share.people.get(visitor)).length > 0).length,
    people: shown,
    more_people: people.length - shown.length,
  };
}

function describePerson(person, context) {
  const { seen, level, names, boughtAfter, entries } = context;
  const { visitor, at } = person;
  const orders = boughtAfter(person);
  const onward = person.shares.filter((share) => !seen.has(share));
  const shares = [];
  for (const share of level < MAX_LEVELS ? onward : []) {
    if (entries.left <= 0) break;
    shares.push(describeShare(share, { ...context, level: level + 1 }));
  }
  return {
    visitor, user_id: names.get(visitor) ?? null, at, bought: orders.length, values: sumValues(orders), shares,
    more_shares: onward.length - shares.length,
  };
}
