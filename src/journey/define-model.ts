import { show } from '../util/show.js';
import { readModel, type Model, type ModelDefinition, type Rule } from './model.js';
import { builtInModels, journeyModel } from './models.js';

/** What stages and models can be called. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;
/** `view_item`, `landing?customer&channel=email|sms`, `@decision?!cart`. */
const TERM = /^@?\w+(\?!?\w+(=[^\s&=?]+)?(&!?\w+(=[^\s&=?]+)?)*)?$/;

/**
 * Returns a model of the shop's own, its rules checked.
 *
 * @throws TypeError that names what is wrong: an unknown stage, a missing default (`start`), two stages of one name, a rule that
 *   cannot be read, that contradicts itself, or that is never reached because one above it always holds first
 */
export function defineModel<const Name extends string>(definition: ModelDefinition<Name>): Model {
  const fail = (what: string, takes: string, got: unknown): never => {
    throw new TypeError(`waymark: model ${show(definition?.name)}: ${what} takes ${takes}, got ${show(got)}`);
  };
  const named = 'a small letter and up to 39 small letters, digits, "_" and "-"';
  const { name, stages, start, goal, loopOn, rules } = Object(definition) as ModelDefinition;
  const isName = (given: unknown): given is string => typeof given === 'string' && NAME.test(given);
  if (!isName(name)) fail('name', named, name);
  if (builtInModels().some((model) => model.name === name)) fail('name', 'one that Waymark does not bring itself', name);
  if (!Array.isArray(stages) || stages.length < 2 || stages.length > 20) fail('stages', 'a list of 2 to 20', stages);
  const names = stages.map((stage) => stage?.name);
  for (const [index, stage] of stages.entries()) {
    if (!isName(stage?.name)) fail('the name of a stage', named, stage?.name);
    if (names.indexOf(stage.name) < index) fail('stages', 'each name once', stage.name);
    for (const words of ['label', 'meaning'] as const) if (typeof stage[words] !== 'string') fail(`${words} of ${show(stage.name)}`, 'a text', stage[words]);
  }
  const check = (what: string, stage: string) => names.includes(stage) || fail(what, `one of ${names.join(', ')}`, stage);
  check('start, the default stage,', start);
  if (goal !== '@purchase') check('goal', goal);
  if (!Array.isArray(loopOn)) fail('loopOn', 'a list of stages', loopOn);
  for (const stage of loopOn) check('loopOn', stage);
  if (!Array.isArray(rules)) fail('rules', 'a list of [stage, events]', rules);
  for (const rule of rules) {
    if (!Array.isArray(rule)) fail('a rule', '[stage, events]', rule);
    const [stage, events] = rule;
    check('a rule', stage);
    for (const term of typeof events === 'string' ? events.split(' ') : [events]) {
      if (typeof term !== 'string' || !TERM.test(term)) fail(`a rule of ${show(stage)}`, 'event, or event?condition&condition', term);
      const [event] = term.split('?') as [string];
      if (event === 'social_landing') fail(`a rule of ${show(stage)}`, '"landing", which is any arrival', event);
      if (event.startsWith('@') && !journeyModel.names.includes(event.slice(1))) fail(`a rule of ${show(stage)}`, `"@" and one of ${journeyModel.names.join(', ')}`, event);
    }
  }
  const model = readModel({ name, stages, start, goal, loopOn, rules });
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
      const isWider = otherValues?.split('|').every((value) => (values ? values.split('|').includes(value) : !NOTHING.test(value)));
      return other === condition || (word === otherWord && !condition.startsWith('!') && isWider);
    });
  return (first.event === second.event || includesEvent(first.event, second.event)) && first.conditions.every(isImplied);
}

/** Whether an event always is of the canonical stage that another rule asks for, as `begin_checkout` is of `@decision`. */
function includesEvent(stage: string, event: string): boolean {
  const canonical = journeyModel.rules.filter((rule) => rule.event === event);
  return canonical.some(({ conditions }) => !conditions.length) && canonical.every((rule) => `@${rule.stage}` === stage);
}

/** Whether two conditions never hold together: the one is the other's contrary, or they ask for different values of one word. */
function exclude(one: string, other: string): boolean {
  const [word, values] = one.split('=');
  const [otherWord, otherValues] = other.split('=');
  const isDisjoint = word === otherWord && !one.startsWith('!') && !!values && !!otherValues && !values.split('|').some((value) => otherValues.split('|').includes(value));
  return other === `!${one}` || isDisjoint || (one === 'newcomer' && other === 'customer');
}

/** Throws where a rule can never give an event its stage. */
function checkReach({ name, rules }: Model): void {
  for (const [index, rule] of rules.entries()) {
    for (const one of rule.conditions) {
      const other = rule.conditions.find((each) => exclude(one, each));
      if (other) throw new TypeError(`waymark: model "${name}": the rule ${write(rule)} can never hold: it asks for ${one} and ${other}`);
    }
    const above = rules.slice(0, index).find((other) => covers(other, rule));
    if (above) {
      throw new TypeError(
        `waymark: model "${name}": the rule ${write(rule)} of "${rule.stage}" is never reached: ${write(above)} of "${above.stage}" always holds first`,
      );
    }
  }
}
