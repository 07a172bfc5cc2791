/** One stage of a model. */
export interface Stage<Name extends string = string> {
  /** Letters, digits, `_` and `-`, beginning with a small letter; at most 40 characters. Travels with the events. */
  name: Name;
  /** What reports call it. */
  label: string;
  /** What it means, in one line. */
  meaning: string;
}

/**
 * What is known of the visitor when an event comes, for the rules of a model.
 *
 * - `newcomer`: no stage reached in this loop yet
 * - `customer`: the model's goal was reached in this loop
 * - `bought`: there was a purchase, in whatever loop
 * - `cart`: there is something in the cart
 * - `pleased`: the event itself is an opinion, and a good one (a rating of 4 or more of 5, or a positive sentiment)
 */
export type Fact = 'newcomer' | 'customer' | 'bought' | 'cart' | 'pleased';

/** A stage model as it is written: data that a marketer can read. */
export interface ModelDefinition<Name extends string = string> {
  /** What events call the model; as a stage's name. */
  name: string;
  /** In the order of the ideal journey. */
  stages: readonly Stage<Name>[];
  /** The default: where a visitor is whose first event has no stage. */
  start: NoInfer<Name>;
  /** The stage that makes a visitor a customer; `@purchase`, where only a purchase does, whatever else is in that stage. */
  goal: NoInfer<Name> | '@purchase';
  /** A customer's event of one of these stages begins a new loop. */
  loopOn: readonly NoInfer<Name>[];
  /**
   * Stages with their events, separated by spaces. The first rule that holds gives an event its stage; an event for which none
   * holds has no stage of its own.
   *
   * - `view_item`: the event of that name. `landing` is any arrival, `social_landing` too.
   * - `@decision`: every event of that stage of the canonical model, `journey`.
   * - `landing?customer&channel=email|sms`: only where all of this holds: a fact of the visitor, or a property of the event, with one
   *   of these values or, without `=`, any that is not empty, 0, false or null. `!` turns a condition round: `landing?!customer`.
   */
  rules: readonly (readonly [stage: NoInfer<Name>, events: string])[];
}

/** One rule, read. */
export interface Rule {
  stage: string;
  event: string;
  /** As they are written: `customer`, `!newcomer`, `channel=email|sms`. */
  conditions: readonly string[];
}

/** A stage model whose rules have been checked and read: what `defineModel` returns. */
export interface Model extends Omit<ModelDefinition, 'rules'> {
  /** The names of the stages, in order. */
  names: readonly string[];
  rules: readonly Rule[];
}

/** Returns the model with its rules read, unchecked. Pure. */
export function readModel(definition: Omit<ModelDefinition, 'start'> & { start?: string }): Model {
  // In the script the built-in models have no words, and a stage is its name.
  const names = definition.stages.map((stage) => stage.name ?? stage);
  const rules = definition.rules.flatMap(([stage, events]) =>
    events.split(' ').map((term): Rule => {
      const [event = '', ...conditions] = term.split(/[?&]/);
      return { stage, event, conditions };
    }),
  );
  return { start: names[0]!, ...definition, names, rules };
}

/**
 * Returns the stage of the event itself, or undefined where the model has none for it. Pure.
 *
 * @param events what a rule may call the event: its name, `@` and its canonical stage
 */
export function stageOf({ rules }: Model, events: readonly string[], properties: Record<string, unknown>, facts: Record<Fact, boolean>): string | undefined {
  const known: Record<string, unknown> = { ...properties, ...facts };
  const holds = (condition: string) => {
    const [word = '', values] = condition.replace('!', '').split('=');
    const value = known[word];
    return (values ? values.split('|').includes(Object(value) === value ? '' : String(value)) : !!value) !== condition.startsWith('!');
  };
  return rules.find(({ event, conditions }) => events.includes(event) && conditions.every(holds))?.stage;
}
