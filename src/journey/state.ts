import type { Model } from './model.js';
import { keepTouchpoints, packTouchpoints, unpackTouchpoints, type PackedTouchpoints, type Touchpoint } from './touchpoints.js';

/** Where the visitor is in one model. */
export interface Progress {
  /** The visitor's stage; null before the first event. */
  stage: string | null;
  /** 1 for the first way from contact to purchase and after, 2 for the next … */
  loop: number;
  /** The furthest stage of this loop. */
  furthest: string | null;
  /** Whether the model's goal was reached in this loop. */
  customer: boolean;
}

/** All that a journey remembers: plain JSON, at most `MAX_STATE_BYTES`. */
export interface JourneyState extends PackedTouchpoints {
  /** Version of this layout. */
  v: 1;
  /** When something last happened, in milliseconds since 1970. */
  last: number;
  /** Whether there was an order, in whatever loop. */
  bought: boolean;
  /** By name of the model. */
  progress: Readonly<Record<string, Progress>>;
}

/** Most bytes of a state as JSON. Source: the issue; what is written with every event must be small. */
export const MAX_STATE_BYTES = 2000;

/** Returns where a visitor is who has not been seen in this loop. */
export const unseen = (loop: number): Progress => ({ stage: null, loop, furthest: null, customer: false });

/** The journey of a visitor never seen before. */
export const START: JourneyState = { v: 1, last: 0, bought: false, progress: {}, words: [], touches: [] };

/** Returns what was stored if it is a journey of this layout, else undefined. Never throws. */
export function reviveJourney(stored: unknown): JourneyState | undefined {
  try {
    const state = stored as JourneyState;
    const { v, last, progress, touches } = state;
    const numbers = [last, ...touches.flat(), ...Object.values(progress).map(({ loop }) => loop)];
    // A touchpoint that cannot be read throws.
    if (v === 1 && numbers.every(Number.isFinite) && unpackTouchpoints(state)) return state;
  } catch {
    // No journey: not an object, something missing, a time that is none.
  }
  return undefined;
}

/** Whether a state is as small as it has to be. Counts three bytes for what is not ASCII, as most of it has. */
export const fits = (state: JourneyState): boolean => JSON.stringify(state).replace(/[^\0-\x7f]/g, '___').length <= MAX_STATE_BYTES;

/**
 * Returns the state with these touchpoints, made to fit: campaigns are left out first, then touchpoints, always the oldest, but
 * for the first.
 */
export function withTouchpoints(state: JourneyState, touchpoints: readonly Touchpoint[]): JourneyState {
  const kept = keepTouchpoints(touchpoints);
  for (;;) {
    const packed = { ...state, ...packTouchpoints(kept) };
    if (!kept.length || fits(packed)) return packed;
    const named = kept.findIndex(({ campaign }, index) => campaign && (index || !kept[1]));
    if (named >= 0) delete kept[named]!.campaign;
    else kept.splice(kept.length > 1 ? 1 : 0, 1);
  }
}

/**
 * Returns what two tabs wrote at the same time, as one: no touchpoint and no order is lost. Where the visitor is, the tab says that is in
 * the later loop, else the one that saw something last, else the one that is further. Pure; the order of the two does not matter.
 *
 * @param models every model of the journey, `journey` too, for the order of their stages: those of `findModel` and `defineModel`
 */
export function mergeJourneys(a: JourneyState, b: JourneyState, models: readonly Model[]): JourneyState {
  const progress: Record<string, Progress> = { ...a.progress, ...b.progress };
  for (const { name, names } of models) {
    const [one, other] = [a, b].map((state) => state.progress[name]);
    if (!one || !other) continue;
    const place = (stage: string | null) => names.indexOf(stage!);
    const isOther = other.loop - one.loop || b.last - a.last || place(other.stage) - place(one.stage);
    progress[name] = isOther > 0 ? other : one;
    if (one.loop !== other.loop) continue;
    const { furthest } = place(other.furthest) > place(one.furthest) ? other : one;
    progress[name] = { ...progress[name]!, furthest, customer: one.customer || other.customer };
  }
  const merged = { ...a, last: Math.max(a.last, b.last), bought: a.bought || b.bought, progress };
  return withTouchpoints(merged, [...unpackTouchpoints(a), ...unpackTouchpoints(b)]);
}

/** Returns where the visitor is in a model; undefined if the state does not know the model, or knew another one of its name. */
export function progressIn({ progress }: JourneyState, { name, names }: Model): Progress | undefined {
  const known = progress[name];
  return names.includes(known?.stage!) ? known : undefined;
}
