import type { Context } from '../event/event.js';
import type { Draft } from '../event/stamp.js';
import type { Profile } from '../identity/profile.js';
import type { Tools } from '../plugin.js';
import type { Cart } from './abandonment.js';

/**
 * An event that waits a moment for what belongs to it: an order without lines, for somebody who knows them; a cart that was emptied, for the order that
 * bought it. Plain data: it lies in the profile, so that it is not lost with the page.
 */
export interface Held extends Omit<Draft, 'seen' | 'opening'> {
  /** What was seen of the page. */
  context: Partial<Context>;
  /** The cart that was emptied or bought. */
  cart: Cart | undefined;
}

/** Keeps events back for a moment. */
export interface Keeper {
  /** @param cart the one that was emptied or bought */
  hold(profile: Profile, draft: Draft, cart: Cart | undefined): void;
  /** Returns the events that `isIt`, which wait no more and are not told. */
  take(profile: Profile, isIt: (held: Held) => boolean): Held[];
  /** Tells the events that `isDue`; default: all. */
  tell(profile: Profile, isDue?: (held: Held) => boolean): void;
}

/** How long an event waits, from when it was said or the next page began, in milliseconds. Our choice: a page that confirms an order has told it by then. */
const MOMENT_MS = 2000;

/**
 * Returns what keeps events back for a moment. They are told when it is over, before `flush` sends everything, and before the visitor becomes somebody else;
 * orders also when the page is left, and everything then where the next page would know nothing of it.
 */
export function createKeeper({ ends, insert, isAnonymous, known, leaves, memory, merges, queue, settles, stops, watch }: Tools): Keeper {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Ids of those that this page is through with. */
  const done = new Set<string>();

  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => known((profile) => tell(profile)), MOMENT_MS);
    // Node's, in a test run, must not keep it from ending.
    (timer as { unref?(): void }).unref?.();
  }
  function take(profile: Profile, isIt: (held: Held) => boolean): Held[] {
    const { held = [] } = profile;
    const taken = held.filter(isIt);
    profile.held = held.filter((each) => !taken.includes(each));
    for (const { id } of taken) done.add(id);
    return taken;
  }
  function tell(profile: Profile, isDue: (held: Held) => boolean = () => true): void {
    for (const held of take(profile, isDue)) insert(profile, held.name, held.properties, { ...held, seen: held.context, opening: undefined });
  }

  leaves.push((isLeft) => {
    const profile = memory.profile();
    if (profile) tell(profile, ({ name }) => name === 'purchase' || (isLeft && !queue.lanes[0]!.durable()));
  });
  // Without identifiers, the next page view is of somebody else.
  ends.push(() => isAnonymous && known((profile) => tell(profile)));
  settles.push((profile) => tell(profile));
  merges.push((mine, { held = [] }) => {
    const others = held.filter(({ id }) => !done.has(id));
    mine.held = [...others, ...(mine.held ?? []).filter(({ id }) => others.every((other) => other.id !== id))];
    wait();
  });
  stops.push(() => clearTimeout(timer));
  // What the page before has kept back.
  watch(() => known(({ held }) => held?.length && wait()));

  return {
    hold(profile, { seen: context, ...draft }, cart) {
      profile.held = [...(profile.held ?? []), { ...draft, context, cart }];
      wait();
    },
    take,
    tell,
  };
}
