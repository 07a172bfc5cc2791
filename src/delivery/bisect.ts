import type { Lone } from './health.js';

/*
 * Whether it is an event that a collector does not take, or the collector that takes nothing, is found out by trying: a batch that is refused is halved until an
 * event is alone, and what is taken beside it tells. An event is set aside only if it was refused alone again after something else was taken.
 */

/** What is to be tried by itself, by the ids of the events; the next one is the last. Plain data that never changes. */
export type Parts = readonly (readonly string[])[];

/** Events that are refused alone, one after another, after which the collector seems to refuse everything. Our choice. */
const MANY = 3;
/** Most events whose refusals are remembered. Our choice: more than a page meets. */
const MAX_LONE = 20;

/** How often an event that is refused for what is in it (400, 413, 422 …) is refused before it is set aside: once more, since a deploy may have been under way. Our choice. */
export const ENOUGH = 2;
/** The same where the answer is one that collectors give when they are not well (500, 403, no answer at all). Our choice: chance does not do that to one event. */
export const ENOUGH_UNWELL = 6;

/** Returns what is left to try without some events, which were tried. Pure. */
export const without = (parts: Parts, ids: readonly string[]): Parts => parts.map((part) => part.filter((id) => !ids.includes(id))).filter((part) => part.length);

/** Returns what is left to try after a batch was refused: its halves, if it has any. Pure. */
export function afterRefusal(parts: Parts, ids: readonly string[]): Parts {
  const half = Math.ceil(ids.length / 2);
  const rest = without(parts, ids);
  return ids.length < 2 ? rest : [...rest, ids.slice(half), ids.slice(0, half)];
}

/**
 * Returns the events that were refused alone, with one more.
 *
 * @param enough after how many times it is the event; `ENOUGH` or `ENOUGH_UNWELL`
 * @param isOther whether it is known already that the collector takes others: then it is tried once more at once. Default: that is still to be seen
 */
export function refusedAlone(lone: readonly Lone[], id: string, reason: string, enough: number, isOther = false): readonly Lone[] {
  const before = lone.find((each) => each.id === id);
  const times = !before ? 1 : before.times + (before.isOther ? 1 : 0);
  return [...lone.filter((each) => each !== before), { id, reason, times, enough, isOther }].slice(-MAX_LONE);
}

/** Returns the events that were refused alone after the collector has taken these. Pure. */
export const othersTaken = (lone: readonly Lone[], ids: readonly string[]): readonly Lone[] =>
  lone.filter(({ id }) => !ids.includes(id)).map((each) => ({ ...each, isOther: true }));

/** Returns the events that the collector does not take, whatever else it takes. Pure. */
export const guilty = (lone: readonly Lone[]): readonly Lone[] => lone.filter(({ times, enough }) => times >= enough);

/** Whether the collector seems to refuse everything: that is not the events' fault. Pure. */
export const isAllRefused = (lone: readonly Lone[]): boolean => lone.filter(({ isOther }) => !isOther).length >= MANY;
