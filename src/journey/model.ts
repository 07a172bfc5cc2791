import type { JourneyEvent } from './journey.js';

/**
 * What is known of the visitor when an event comes, for the rules of a model.
 *
 * - `newcomer`: no stage reached in this loop yet
 * - `customer`: the model's goal was reached in this loop
 * - `cart`: there is something in the cart
 * - `pleased`: the event itself is an opinion, and a good one (a rating of 4 or more, or a positive sentiment)
 */
export type Fact = 'newcomer' | 'customer' | 'cart' | 'pleased';

/** Gives the events it names a stage, where its fact holds. */
export interface Rule {
  /** Event names, separated by spaces. */
  on: string;
  /** Holds only then; always where it is left out. */
  when?: Fact;
  stage: string;
}

/** A stage model: data that a marketer can read. */
export interface Model {
  name: string;
  /** Stage names in the order of the ideal journey. A visitor whose first event has no stage is in the first. */
  stages: readonly string[];
  /** The first rule that fits gives the event its stage. An event that none fits has no stage of its own. */
  rules: readonly Rule[];
  /** The stage that makes a visitor a customer. */
  goal: string;
  /** A customer's event of one of these stages begins a new loop. */
  loopOn: readonly string[];
}

/** Returns the stage of the event itself, or undefined where the model has none for it. Pure. */
export function stageOf({ stages, rules }: Model, { name, stage = '' }: JourneyEvent, facts: Record<Fact, boolean>): string | undefined {
  if (stages.includes(stage)) return stage;
  return rules.find(({ on, when }) => on.split(' ').includes(name) && (!when || facts[when]))?.stage;
}
