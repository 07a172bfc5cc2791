import { describe, expect, test } from 'vitest';
import {
  aidaModel, createJourney, defineModel, findModel, funnelModel, journeyModel, mckinseyModel, momentsModel, schemeModel, type Model,
  type ModelDefinition,
} from '../../src/journey/index.js';

const stage = (name: string) => ({ name, label: name, meaning: `What ${name} means.` });
const GOOD = {
  name: 'subscription',
  stages: [stage('visitor'), stage('trial'), stage('member')],
  start: 'visitor',
  goal: 'member',
  loopOn: ['trial'],
  rules: [
    ['visitor', 'landing?newcomer'],
    ['trial', 'trial_start view_item?cart @decision'],
    ['member', 'subscribe @purchase'],
  ],
} as const satisfies ModelDefinition;

/** A model with something changed, as a caller without types may write it. */
const define = (change: Record<string, unknown>): Model => defineModel({ ...GOOD, ...change } as never);
/** A model with these rules alone. */
const defineRules = (...rules: (readonly [stage: string, events: string])[]): Model => define({ rules });

/** What each step of events with these names is called. */
const walk = (model: Model, ...names: string[]) => {
  const journey = createJourney({ models: [model] });
  return names.map((name, hour) => journey.record({ name, time: Date.UTC(2026, 5, 1, 12 + hour), properties: { channel: 'organic_social' } }));
};
const stagesOf = (model: Model, ...names: string[]) => walk(model, ...names).map((step) => step.stage);

describe('a model of the shop', () => {
  test('is walked like one that Waymark brings', () => {
    const model = defineModel(GOOD);
    const steps = walk(model, 'landing', 'trial_start', 'page_view', 'subscribe', 'trial_start');
    expect(steps.map((step) => [step.stage, step.move, step.loop])).toEqual([
      ['visitor', 'enter', 1],
      ['trial', 'forward', 1],
      ['trial', 'stay', 1],
      ['member', 'forward', 1],
      ['trial', 'loop', 2],
    ]);
    expect(steps.map(({ stages }) => stages?.journey)).toEqual(['awareness', 'awareness', 'awareness', 'purchase', 'purchase']);
  });

  test('starts with the default stage where the first event has none, whichever it is', () => {
    expect(stagesOf(define({ start: 'visitor' }), 'page_view')).toEqual(['visitor']);
    expect(stagesOf(define({ start: 'trial' }), 'page_view')).toEqual(['trial']);
  });

  test('has the first rule that holds', () => {
    const model = defineRules(['trial', 'view_item?cart'], ['member', 'view_item'], ['visitor', 'landing?channel=sms'], ['trial', 'landing?channel=organic_social'], ['member', 'landing']);
    expect(stagesOf(model, 'view_item')).toEqual(['member']);
    expect(stagesOf(model, 'landing')).toEqual(['trial']);
    expect(createJourney({ models: [model] }).record({ name: 'view_item', cart: true }).stage).toBe('trial');
  });

  test('is as it was written, with its rules read', () => {
    const { rules: _rules, ...rest } = GOOD;
    expect(defineModel(GOOD)).toMatchObject({ ...rest, names: ['visitor', 'trial', 'member'] });
  });

  test('may be found by what defineModel returned', () => {
    const model = defineModel(GOOD);
    expect(findModel(model)).toBe(model);
  });

  test.each<[what: string, change: Record<string, unknown>]>([
    ['two stages', { stages: [stage('a'), stage('b')], start: 'a', goal: 'b', loopOn: [], rules: [['b', 'x']] }],
    ['twenty stages', { stages: [...GOOD.stages, ...Array.from({ length: 17 }, (_, index) => stage(`more_${index}`))] }],
    ['names of 40 letters', { name: 'n'.repeat(40) }],
    ['names with digits, _ and -', { name: 'a1_b-c' }],
    ['a goal to start with', { start: 'member' }],
    ['a purchase alone for a goal', { goal: '@purchase' }],
    ['no loops', { loopOn: [] }],
    ['no rules', { rules: [] }],
    ['words that are empty', { stages: GOOD.stages.map(({ name }) => ({ name, label: '', meaning: '' })) }],
  ])('may have %s', (_what, change) => {
    expect(() => define(change)).not.toThrow();
  });
});

describe('an error says what is wrong, what it takes and what it got', () => {
  test.each<[what: string, change: Record<string, unknown>, message: RegExp]>([
    // Names
    ['a name with a capital', { name: 'Subscription' }, /^waymark: model "Subscription": name takes a small letter and .*, got "Subscription"$/],
    ['a name with a space', { name: 'my model' }, /name takes .*, got "my model"$/],
    ['an empty name', { name: '' }, /^waymark: model "": name takes .*, got ""$/],
    ['a name that begins with a digit', { name: '2x' }, /name takes .*, got "2x"$/],
    ['a name of 41 letters', { name: 'n'.repeat(41) }, /name takes .* up to 39 .*, got "n{40}"$/],
    ['a name with a line break', { name: 'good\n' }, /name takes .*, got "good\\n"$/],
    ...['journey', 'aida', 'funnel', 'mckinsey', 'moments'].map((name): [string, Record<string, unknown>, RegExp] => [
      `the name ${name}`, { name }, new RegExp(`^waymark: model "${name}": name takes one that Waymark does not bring itself, got "${name}"$`),
    ]),
    // Stages
    ['no stages', { stages: undefined }, /^waymark: model "subscription": stages takes a list of 2 to 20, got undefined$/],
    ['null for stages', { stages: null }, /stages takes .*, got null$/],
    ['a text for stages', { stages: 'visitor/trial' }, /stages takes .*, got "visitor\/trial"$/],
    ['an object for stages', { stages: { visitor: 1 } }, /stages takes .*, got object$/],
    ['one stage', { stages: [stage('visitor')] }, /stages takes a list of 2 to 20/],
    ['21 stages', { stages: Array.from({ length: 21 }, (_, index) => stage(`s${index}`)) }, /stages takes a list of 2 to 20/],
    ['two stages of one name', { stages: [stage('visitor'), stage('trial'), stage('visitor'), stage('member')] }, /stages takes each name once, got "visitor"$/],
    ['a stage with a capital', { stages: [stage('visitor'), stage('Trial')] }, /the name of a stage takes a small letter .*, got "Trial"$/],
    ['a stage that is a number', { stages: [stage('visitor'), { ...stage('a'), name: 7 }] }, /the name of a stage takes .*, got 7$/],
    ['a stage without a label', { stages: [stage('visitor'), { name: 'trial', meaning: '' }] }, /label of "trial" takes a text, got undefined$/],
    ['a stage without a meaning', { stages: [stage('visitor'), { name: 'trial', label: '' }] }, /meaning of "trial" takes a text, got undefined$/],
    ['a label that is a number', { stages: [stage('visitor'), { ...stage('trial'), label: 5 }] }, /label of "trial" takes a text, got 5$/],
    // Start, goal, loops
    ['no start', { start: undefined }, /start, the default stage, takes one of visitor, trial, member, got undefined$/],
    ['an unknown start', { start: 'vistor' }, /start, the default stage, takes one of visitor, trial, member, got "vistor"$/],
    ['a start that is no text', { start: 0 }, /start, .* takes .*, got 0$/],
    ['no goal', { goal: undefined }, /goal takes one of visitor, trial, member.*, got undefined$/],
    ['an unknown goal', { goal: 'purchase' }, /goal takes one of visitor, trial, member.*, got "purchase"$/],
    ['a list of goals', { goal: ['member'] }, /goal takes one of visitor, trial, member.*, got list$/],
    ['no loopOn', { loopOn: undefined }, /loopOn takes a list of stages, got undefined$/],
    ['a text for loopOn', { loopOn: 'trial' }, /loopOn takes a list of stages, got "trial"$/],
    ['an unknown stage in loopOn', { loopOn: ['trial', 'decision'] }, /loopOn takes one of visitor, trial, member, got "decision"$/],
    ['null in loopOn', { loopOn: [null] }, /loopOn takes one of visitor, trial, member, got null$/],
    // Rules
    ['no rules at all', { rules: undefined }, /rules takes a list of \[stage, events\], got undefined$/],
    ['an object for rules', { rules: { trial: 'view_item' } }, /rules takes a list of \[stage, events\], got object$/],
    ['an unknown stage in a rule', { rules: [['decision', 'view_item']] }, /a rule takes one of visitor, trial, member, got "decision"$/],
    ['a rule without events', { rules: [['trial']] }, /a rule of "trial" takes event, .*, got undefined$/],
    ['null for events', { rules: [['trial', null]] }, /a rule of "trial" takes event, .*, got null$/],
    ['a list of events', { rules: [['trial', ['view_item', 'search']]] }, /a rule of "trial" takes event, .*, got list$/],
    ['a number for events', { rules: [['trial', 5]] }, /a rule of "trial" takes event, .*, got 5$/],
  ])('%s', (_what, change, message) => {
    expect(() => define(change)).toThrow(TypeError);
    expect(() => define(change)).toThrow(message);
    expect(() => define(change)).toThrow(/^waymark: model "/);
  });

  test.each([
    '', ' ', 'view_item ', ' view_item', 'view_item  search', 'view_item\tsearch', 'view-item', 'view.item', '*', '@', '@@decision', '!view_item',
    'view_item?', 'view_item?cart&', 'view_item?&cart', 'view_item&cart', 'view_item?cart?customer', 'view_item?!', 'view_item?!!cart', 'view_item?cart=',
    'view_item?=x', 'view_item?cart==x', 'view_item?cart|customer', 'landing?channel=email,sms?x', 'landing?(cart)', 'view_item,search', '?cart',
  ])('a rule that cannot be read: %j', (events) => {
    expect(() => defineRules(['trial', events])).toThrow(TypeError);
    expect(() => defineRules(['trial', events])).toThrow(/^waymark: model "subscription": a rule of "trial" takes event, or event\?condition&condition, got "/);
  });

  test('names the one term that cannot be read', () => {
    expect(() => defineRules(['trial', 'search view_item?cart& add_to_cart'])).toThrow(/got "view_item\?cart&"$/);
  });

  test.each<[what: string, definition: unknown]>([
    ['nothing', undefined], ['null', null], ['a number', 7], ['a text', 'funnel'], ['an array', []], ['an array of stages', [stage('a'), stage('b')]],
    ['an empty object', {}], ['a function', () => GOOD], ['a symbol', Symbol('model')], ['a model without an own name', { ...GOOD, name: undefined, stages: 5 }],
  ])('%s instead of a model', (_what, definition) => {
    expect(() => defineModel(definition as never)).toThrow(TypeError);
    expect(() => defineModel(definition as never)).toThrow(/^waymark: model .* takes .*, got /);
  });

  test.each<[what: string, name: unknown]>([['nothing', undefined], ['null', null], ['true', true], ['a list', ['subscription']]])('a name that is %s', (_what, name) => {
    expect(() => define({ name })).toThrow(/: name takes a small letter/);
  });
  test.each<[what: string, name: unknown]>([['nothing', undefined], ['null', null], ['false', false], ['a list', ['trial']]])('a stage whose name is %s', (_what, name) => {
    expect(() => define({ stages: [...GOOD.stages, { name, label: '', meaning: '' }] })).toThrow(/the name of a stage takes a small letter/);
  });

  test('a stage that is null', () => {
    expect(() => define({ stages: [...GOOD.stages, null] })).toThrow(/^waymark: model "subscription": .* takes /);
  });
  test.each<[what: string, rule: unknown]>([['null', null], ['a number', 5], ['an object', { stage: 'trial', events: 'view_item' }]])('a rule that is %s', (_what, rule) => {
    expect(() => define({ rules: [rule] })).toThrow(/^waymark: model "subscription": .* takes /);
  });

  test('a canonical stage in a rule that there is not', () => {
    expect(() => defineRules(['trial', '@desicion'])).toThrow(/@desicion/);
  });
});

describe('a rule that is never reached', () => {
  test.each<[what: string, above: string, below: string]>([
    ['the same event', 'view_item', 'view_item'],
    ['the same event with conditions below', 'view_item', 'view_item?cart'],
    ['the same event with conditions turned round below', 'view_item', 'view_item?!cart'],
    ['the same event with a value below', 'view_item', 'view_item?list=sale'],
    ['the same condition', 'view_item?cart', 'view_item?cart'],
    ['the same condition turned round', 'view_item?!cart', 'view_item?!cart'],
    ['one condition more below', 'view_item?cart', 'view_item?cart&customer'],
    ['the conditions in another order', 'view_item?cart&customer', 'view_item?customer&cart'],
    ['a part of the conditions', 'view_item?cart&!newcomer', 'view_item?paid&!newcomer&cart'],
    ['any value, and one of them below', 'landing?channel', 'landing?channel=sms'],
    ['values, and a part of them below', 'landing?channel=email|sms', 'landing?channel=sms'],
    ['values, in another order', 'landing?channel=email|sms', 'landing?channel=sms|email'],
    ['values, and a part of them with a condition more', 'landing?channel=email|sms|push', 'landing?cart&channel=push|email'],
    ['a canonical stage', '@decision', '@decision?cart'],
  ])('is refused: %s', (_what, above, below) => {
    const work = () => defineRules(['trial', above], ['visitor', 'search'], ['member', below]);
    expect(work).toThrow(TypeError);
    expect(work).toThrow(`waymark: model "subscription": the rule ${below} of "member" is never reached: ${above} of "trial" always holds first`);
  });

  test('is refused also within one line', () => {
    expect(() => defineRules(['trial', 'view_item search view_item'])).toThrow('the rule view_item of "trial" is never reached: view_item of "trial" always holds first');
  });

  test.each<[what: string, above: string, below: string]>([
    ['a condition above', 'view_item?cart', 'view_item'],
    ['a condition turned round above', 'view_item?!cart', 'view_item'],
    ['a condition, and the same turned round', 'view_item?cart', 'view_item?!cart'],
    ['a condition turned round, and the same', 'view_item?!cart', 'view_item?cart'],
    ['other conditions', 'view_item?cart', 'view_item?customer'],
    ['more conditions above', 'view_item?cart&customer', 'view_item?cart'],
    ['conditions that overlap', 'view_item?cart&customer', 'view_item?customer&paid'],
    ['another event', 'view_item', 'view_item_list'],
    ['another event of the same stage', '@decision', '@consideration'],
    ['an event, and the canonical stage of its name', 'purchase', '@purchase'],
    ['a value above, any below', 'landing?channel=sms', 'landing?channel'],
    ['a value above, more below', 'landing?channel=sms', 'landing?channel=email|sms'],
    ['values that overlap', 'landing?channel=email|sms', 'landing?channel=sms|push'],
    ['the same values of another property', 'landing?channel=sms', 'landing?medium=sms'],
    ['a value turned round', 'landing?!channel=sms', 'landing?channel=sms'],
    ['any value turned round', 'landing?!channel', 'landing?channel=sms'],
    ['a value turned round, fewer values below', 'landing?!channel=email|sms', 'landing?!channel=sms'],
  ])('is not this: %s', (_what, above, below) => {
    expect(() => defineRules(['trial', above], ['member', below])).not.toThrow();
  });

  test.each(['false', '0', 'null', '0|1'])('is not this: any value above, the value %s below, which is as good as none', (value) => {
    expect(() => defineRules(['trial', 'landing?paid'], ['member', `landing?paid=${value}`])).not.toThrow();
  });

  test.each<[above: [string, string], below: [string, string]]>([
    [['trial', '@decision'], ['member', 'begin_checkout']],
    [['trial', '@advocacy'], ['member', 'share?cart']],
  ])('is an event below its canonical stage: %j above %j', (above, below) => {
    expect(() => defineRules(above as never, below as never)).toThrow(/never reached/);
  });

  test.each<[above: [string, string], below: [string, string]]>([
    [['trial', '@decision'], ['member', 'review_view']],
    [['trial', '@consideration'], ['member', 'begin_checkout']],
    [['trial', '@decision?cart'], ['member', 'begin_checkout']],
    [['trial', '@retention'], ['member', 'purchase']],
  ])('is not an event that may be of another stage: %j above %j', (above, below) => {
    expect(() => defineRules(above as never, below as never)).not.toThrow();
  });

  test.each(['landing?channel=email&channel=sms', 'landing?newcomer&customer', 'landing?cart&!cart'])('and never holds what contradicts itself: %s', (rule) => {
    expect(() => defineRules(['trial', rule])).toThrow(/can never hold/);
  });

  test('and the values of rules are told apart when an event comes', () => {
    const model = defineRules(['trial', 'landing?paid'], ['member', 'landing']);
    const stageOf = (paid: unknown) => createJourney({ models: [model] }).record({ name: 'landing', properties: { paid } }).stage;
    expect([true, false, 0, null, '', 'yes'].map(stageOf)).toEqual(['trial', 'member', 'member', 'member', 'member', 'trial']);
  });
});

describe('a rule that contradicts itself', () => {
  test.each<[rule: string, against: string]>([
    ['view_item?cart&!cart', 'cart'],
    ['view_item?!cart&cart', 'cart'],
    ['view_item?paid&cart&customer&!cart', 'cart'],
    ['landing?channel=email|sms&!channel=email|sms', 'channel=email|sms'],
  ])('is refused: %s', (rule, against) => {
    expect(() => defineRules(['trial', rule])).toThrow(TypeError);
    expect(() => defineRules(['trial', rule])).toThrow(`the rule ${rule} can never hold: it asks for ${against} and !${against}`);
  });

  test.each(['view_item?cart&!customer', 'view_item?cart&!cart_id', 'landing?channel=email&!channel=sms', 'landing?channel&!channel=sms'])('is not this: %s', (rule) => {
    expect(() => defineRules(['trial', rule])).not.toThrow();
  });
});

describe('the models that Waymark brings', () => {
  const MODELS = [journeyModel, aidaModel, funnelModel, mckinseyModel, momentsModel];

  /** Writes a model as its author did, a line for each rule. */
  const write = ({ rules, names: _names, ...model }: Model) => ({
    ...model,
    name: `my_${model.name}`,
    rules: rules.map(({ stage, event, conditions }) => [stage, [event, ...(conditions.length ? [conditions.join('&')] : [])].join('?')] as const),
  });

  test.each(MODELS.map((model) => [model.name, model] as const))('%s passes all checks', (_name, model) => {
    const own = defineModel(write(model));
    expect(own).toEqual({ ...model, name: `my_${model.name}` });
  });

  test('can be found by their names', () => {
    expect(MODELS.map(({ name }) => findModel(name))).toEqual(MODELS);
    expect(MODELS.map(({ name }) => name)).toEqual(['journey', 'aida', 'funnel', 'mckinsey', 'moments']);
    expect(MODELS.map(findModel)).toEqual(MODELS);
  });
});

describe('a scheme of canonical stages', () => {
  const WALK = ['landing', 'view_item', 'add_to_cart', 'purchase', 'order_status_view', 'share'];

  test.each<[scheme: string, stages: string[]]>([
    ['awareness/consideration/decision/purchase', ['awareness', 'consideration', 'decision', 'purchase', 'purchase', 'purchase']],
    ['awareness/consideration/purchase/post-purchase', ['awareness', 'consideration', 'consideration', 'purchase', 'post-purchase', 'post-purchase']],
    ['awareness/consideration/decision/retention', ['awareness', 'consideration', 'decision', 'decision', 'retention', 'retention']],
    ['attention/interest/desire/action', ['attention', 'interest', 'desire', 'action', 'action', 'action']],
    ['awareness/consideration/decision/purchase/retention/advocacy', ['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy']],
    ['awareness/purchase/advocacy', ['awareness', 'awareness', 'awareness', 'purchase', 'purchase', 'advocacy']],
  ])('%s takes what it leaves out to the stage before', (scheme, stages) => {
    const model = schemeModel(scheme);
    expect(findModel(model)).toBe(model);
    expect(model.name).toBe(scheme);
    expect(model.names).toEqual(scheme.split('/'));
    expect(model.stages.map(({ name, label }) => [name, label])).toEqual(scheme.split('/').map((name) => [name, expect.any(String)]));
    expect(stagesOf(model, ...WALK)).toEqual(stages);
  });

  test.each([
    'awareness/consideration/decision/purchase', 'awareness/consideration/purchase/post-purchase', 'awareness/consideration/decision/retention', 'attention/interest/desire/action',
  ])(
    '%s begins a new loop when a customer shows new interest, and not before',
    (scheme) => {
      const loops = walk(schemeModel(scheme), 'landing', 'view_item', 'add_to_cart', 'view_item', 'purchase', 'view_item').map(({ loop }) => loop);
      expect(loops).toEqual([1, 1, 1, 1, 1, 2]);
    },
  );

  test('has the canonical stage ride along under its own name', () => {
    expect(walk(schemeModel('attention/interest/desire/action'), 'view_item')[0]).toMatchObject({ stage: 'interest', stages: { journey: 'consideration' } });
  });

  test('knows the canonical name of a stage that the shop gives an event', () => {
    const journey = createJourney({ models: [schemeModel('attention/interest/desire/action')] });
    expect(journey.record({ name: 'x', stage: 'desire' })).toMatchObject({ stage: 'desire', stages: { journey: 'decision' } });
    expect(journey.record({ name: 'x', stage: 'consideration' })).toMatchObject({ stage: 'interest', stages: { journey: 'consideration' } });
  });

  test.each<[what: string, given: unknown, got: string]>([
    ['an empty text', '', '""'],
    ['the name of a model', 'aida', '"aida"'],
    ['an unknown stage', 'awareness/desicion/purchase', '"awareness/desicion/purchase"'],
    ['an empty stage', 'awareness//purchase', '"awareness//purchase"'],
    ['a / at the end', 'awareness/purchase/', '"awareness/purchase/"'],
    ['white space', 'awareness / purchase', '"awareness / purchase"'],
    ['capitals', 'Awareness/Purchase', '"Awareness/Purchase"'],
    ['another beginning', 'consideration/decision/purchase', '"consideration/decision/purchase"'],
    ['the wrong order', 'awareness/purchase/decision', '"awareness/purchase/decision"'],
    ['a stage twice', 'awareness/decision/decision', '"awareness/decision/decision"'],
    ['a stage twice under two names', 'awareness/attention/purchase', '"awareness/attention/purchase"'],
    ['the name of an object member', 'awareness/constructor', '"awareness/constructor"'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['an object', {}, 'object'],
  ])('is none, with an error that says what it takes: %s', (_what, given, got) => {
    expect(() => schemeModel(given as never)).toThrow(TypeError);
    expect(() => schemeModel(given as never)).toThrow(/^waymark: schemeModel takes .*awareness.*advocacy.*, got /);
    expect(() => schemeModel(given as never)).toThrow(`got ${got}`);
  });
});

test.each<[what: string, given: unknown, got: string]>([
  ['an unknown name', 'fnnel', '"fnnel"'],
  ['an empty text', '', '""'],
  ['a name in capitals', 'AIDA', '"AIDA"'],
  ['the name of an object member', 'constructor', '"constructor"'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 5, '5'],
  ['an array', [], 'list'],
  ['a definition that was not checked', GOOD, 'object'],
])('findModel says what it takes and what it got: %s', (_what, given, got) => {
  expect(() => findModel(given as never)).toThrow(TypeError);
  expect(() => findModel(given as never)).toThrow(/^waymark: option "models" takes .*journey,aida,funnel,mckinsey,moments.*, got /);
  expect(() => findModel(given as never)).toThrow(`got ${got}`);
});
