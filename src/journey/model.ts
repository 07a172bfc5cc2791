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

/** A stage model: data that a marketer can read. */
export interface Model {
  /** Stage names in the order of the ideal journey. A visitor whose first event has no stage is in the first. */
  stages: readonly string[];
  /**
   * The events of each stage, separated by spaces; `landing?customer` is a landing where that fact holds. The first stage that
   * fits is the event's. An event that none fits has no stage of its own.
   */
  rules: Readonly<Record<string, string>>;
  /** The stage that makes a visitor a customer. */
  goal: string;
  /** A customer's event of one of these stages begins a new loop. */
  loopOn: readonly string[];
}

/** Returns the stage of the event itself, or undefined where the model has none for it. Pure. */
export function stageOf({ stages, rules }: Model, { name, stage = '' }: JourneyEvent, facts: Record<Fact, boolean>): string | undefined {
  const fits = (rule: string) => {
    const [event, fact] = rule.split('?') as [string, Fact?];
    return event === name && (!fact || facts[fact]);
  };
  return stages.includes(stage) ? stage : Object.keys(rules).find((each) => rules[each]!.split(' ').some(fits));
}
