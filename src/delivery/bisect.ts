import type { Lone } from './health.js';

/*
 * Whether it is an event that a collector does not take, or the collector that takes nothing, is found out by trying: a batch that is refused is made half as large
 * until an event is alone, and what gets through makes it grow again. An event is set aside only if it was refused alone again after something else was taken.
 */

/** Events that are refused alone, one after another, after which the collector seems to refuse everything. Our choice. */
const MANY_LONE = 3;
/** Most events whose refusals are remembered. Our choice: more than a page meets. */
const MAX_LONE = 20;
/** How often an event that is refused for what is in it (400, 413, 422 …) is refused before it is set aside: once more, since a deploy may have been under way. Our choice. */
const ENOUGH = 2;
/** The same where the answer is one that collectors give when they are not well (500, 403, no answer at all). Our choice: chance does not do that to one event. */
const ENOUGH_UNWELL = 12;

/** Returns the most bytes of the next batch after one of so many was not taken. Pure. */
export const afterRefusal = (bytes: number): number => Math.max(1, bytes >> 1);

/**
 * Returns the events that were refused alone, with one more. Pure.
 *
 * @param isUnwell whether the answer is one of a collector that is not well
 * @param isOther whether it is known already that the collector takes others: then it is tried once more at once
 */
export function refusedAlone(
  lone: readonly Lone[],
  id: string,
  reason: string,
  isUnwell: boolean,
  isOther: boolean,
): readonly Lone[] {
  const before = lone.find((each) => each.id === id);
  const times = before ? before.times + (before.isOther ? 1 : 0) : 1;
  const enough = isUnwell ? ENOUGH_UNWELL : ENOUGH;
  // A collector that fails now and then takes it at the second time: two in a row, each time that something else was taken.
  const isAgain = isOther || (isUnwell && !!before?.isOther && times % 2 > 0);
  return [...lone.filter((each) => each !== before), { id, reason, times, enough, isOther: isAgain }].slice(-MAX_LONE);
}

/** Whether an event is one that the collector does not take, whatever else it takes. Pure. */
export const isGuilty = ({ times, enough }: Lone): boolean => times >= enough;

/** Whether the collector seems to refuse everything: that is not the events' fault. Pure. */
export const isAllRefused = (lone: readonly Lone[]): boolean =>
  lone.filter(({ isOther }) => !isOther).length >= MANY_LONE;
