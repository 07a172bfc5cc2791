import { show } from '../util/show.js';
import type { Model, ModelDefinition, Rule } from './model.js';
import { builtInModels, journeyModel, readRules } from './model-words.js';

/** What stages and models can be called. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;
/** `view_item`, `landing?customer&channel=email|sms`, `@decision?!cart`. */
const TERM = /^@?\w+(\?!?\w+(=[^\s&=?]+)?(&!?\w+(=[^\s&=?]+)?)*)?$/;

const NAMED = 'a small letter and up to 39 small letters, digits, "_" and "-"';
const isName = (given: unknown): given is string => typeof given === 'string' && NAME.test(given);

/** Throws that a part of a definition is wrong. */
type Fail = (what: string, takes: string, got: unknown) => never;

/** Throws where the stages are none, or have no words. */
function checkStages(stages: unknown, fail: Fail): asserts stages is ModelDefinition['stages'] {
  if (!Array.isArray(stages) || stages.length < 2 || stages.length > 20)
    return fail('stages', 'a list of 2 to 20', stages);
  const names = new Set<string>();
  for (const stage of stages as unknown[]) {
    const { name, ...words } = Object(stage) as Record<string, unknown>;
    if (!isName(name)) return fail('the name of a stage', NAMED, name);
    if (names.has(name)) fail('stages', 'each name once', name);
    names.add(name);
    for (const word of ['label', 'meaning'])
      if (typeof words[word] !== 'string') fail(`${word} of ${show(name)}`, 'a text', words[word]);
  }
}

/** Throws where an event of a rule cannot be read. */
function checkTerm(stage: string, term: unknown, fail: Fail): void {
  const what = `a rule of ${show(stage)}`;
  if (typeof term !== 'string' || !TERM.test(term)) return fail(what, 'event, or event?condition&condition', term);
  const [event] = term.split('?') as [string];
  if (event === 'social_landing') fail(what, '"landing", which is any arrival', event);
  if (event.startsWith('@') && !journeyModel.names.includes(event.slice(1)))
    fail(what, `"@" and one of ${journeyModel.names.join(', ')}`, event);
}

/**
 * Returns a model of the shop's own, its rules checked.
 *
 * @throws TypeError that names what is wrong: an unknown stage, a missing default (`start`), two stages of one name, a rule that
 *   cannot be read, that contradicts itself, or that is never reached because one above it always holds first
 */
export function defineModel<const Name extends string>(definition: ModelDefinition<Name>): Model {
  const fail: Fail = (what, takes, got) => {
    throw new TypeError(`waymark: model ${show(definition?.name)}: ${what} takes ${takes}, got ${show(got)}`);
  };
  const { name, stages, start, goal, loopOn, rules } = Object(definition) as ModelDefinition;
  if (!isName(name)) fail('name', NAMED, name);
  if (builtInModels().some((model) => model.name === name))
    fail('name', 'one that Waymark does not bring itself', name);
  checkStages(stages, fail);
  const names = stages.map((stage) => stage.name);
  const check = (what: string, stage: string) =>
    names.includes(stage) || fail(what, `one of ${names.join(', ')}`, stage);
  check('start, the default stage,', start);
  if (goal !== '@purchase') check('goal', goal);
  if (!Array.isArray(loopOn)) fail('loopOn', 'a list of stages', loopOn);
  for (const stage of loopOn as string[]) check('loopOn', stage);
  if (!Array.isArray(rules)) fail('rules', 'a list of [stage, events]', rules);
  for (const rule of rules as unknown[]) {
    if (!Array.isArray(rule)) return fail('a rule', '[stage, events]', rule);
    const [stage, events] = rule as [string, unknown];
    check('a rule', stage);
    for (const term of typeof events === 'string' ? events.split(' ') : [events]) checkTerm(stage, term, fail);
  }
  const model: Model = { name, stages, names, start, goal, loopOn, rules: readRules(rules) };
  checkReach(model);
  return model;
}

/** Values that a condition without any does not hold for. */
const NOTHING = /^(false|0|null|undefined|NaN)$/;

/** Writes a rule as it is written in a definition. */
const write = ({ event, conditions }: Rule) => [event, conditions.join('&')].filter(Boolean).join('?');

/** Whether `first` holds wherever `second` does. */
function covers(first: Rule, second: Rule): boolean {
  /** Whether a condition holds wherever another one does: it is the same, or asks the same word for more values. */
  const isImplied = (condition: string) =>
    second.conditions.some((other) => {
      const [word, values] = condition.split('=');
      const [otherWord, otherValues] = other.split('=');
      const isWider = otherValues
        ?.split('|')
        .every((value) => (values ? values.split('|').includes(value) : !NOTHING.test(value)));
      return other === condition || (word === otherWord && !condition.startsWith('!') && isWider);
    });
  return (
    (first.event === second.event || includesEvent(first.event, second.event)) && first.conditions.every(isImplied)
  );
}

/** Whether an event always is of the canonical stage that another rule asks for, as `begin_checkout` is of `@decision`. */
function includesEvent(stage: string, event: string): boolean {
  const canonical = journeyModel.rules.filter((rule) => rule.event === event);
  return (
    canonical.some(({ conditions }) => !conditions.length) && canonical.every((rule) => `@${rule.stage}` === stage)
  );
}

/** Whether two conditions never hold together: the one is the other's contrary, or they ask for different values of one word. */
function exclude(one: string, other: string): boolean {
  const [word, values] = one.split('=');
  const [otherWord, otherValues] = other.split('=');
  const isDisjoint =
    word === otherWord &&
    !one.startsWith('!') &&
    !!values &&
    !!otherValues &&
    !values.split('|').some((value) => otherValues.split('|').includes(value));
  return other === `!${one}` || isDisjoint || (one === 'newcomer' && other === 'customer');
}

/** Throws where a rule can never give an event its stage. */
function checkReach({ name, rules }: Model): void {
  for (const [index, rule] of rules.entries()) {
    for (const one of rule.conditions) {
      const other = rule.conditions.find((each) => exclude(one, each));
      if (other)
        throw new TypeError(
          `waymark: model "${name}": the rule ${write(rule)} can never hold: it asks for ${one} and ${other}`,
        );
    }
    const above = rules.slice(0, index).find((other) => covers(other, rule));
    if (above) {
      throw new TypeError(
        `waymark: model "${name}": the rule ${write(rule)} of "${rule.stage}" is never reached: ${write(above)} of "${above.stage}" always holds first`,
      );
    }
  }
}
