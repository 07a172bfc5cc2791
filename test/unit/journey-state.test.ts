import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJourney, defineModel, findModel, MAX_STATE_BYTES, mergeJourneys, reviveJourney, schemeModel, type JourneyEvent, type JourneyState, type Model } from '../../src/journey/index.js';
import { builtInModels } from '../../src/journey/models.js';
import { START } from '../../src/journey/state.js';

const DAY = 24 * 3_600_000;
const NOON = Date.UTC(2026, 2, 1, 12);
const MODELS = builtInModels();
const SCHEMES = ['attention/interest/desire/action', 'awareness/consideration/purchase/post-purchase'].map(schemeModel);
const modelOf = (name: string): Model => SCHEMES.find((scheme) => scheme.name === name) ?? findModel(name);
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

/** A shop's own model that knows nothing of arrivals and orders. */
const BOATS = defineModel({
  name: 'boats',
  stages: [{ name: 'look', label: 'Look', meaning: 'Looks.' }, { name: 'book', label: 'Book', meaning: 'Books.' }],
  start: 'look',
  goal: 'book',
  loopOn: ['look'],
  rules: [['look', 'boat_view'], ['book', 'boat_booked']],
});

const NAMES = [...new Set(MODELS.flatMap(({ rules }) => rules.map(({ event }) => event.replace('@', ''))))];
const CHANNELS = ['organic_social', 'paid_social', 'email', 'direct', 'shared_link', 'internal', 'Not a channel', ''];

/** An event as the browser would track it, or as somebody could who means harm. `text` is for what is free. */
const eventWith = (text: fc.Arbitrary<string>): fc.Arbitrary<JourneyEvent> =>
  fc.record({
    name: fc.oneof(fc.constantFrom(...NAMES, 'social_landing', 'landing', 'purchase', 'page_view', 'constructor', '__proto__'), text),
    // In steps of a minute, some of them years away, some none.
    time: fc.oneof(fc.integer({ min: 0, max: 600_000 }).map((minute) => NOON + minute * 60_000), fc.constantFrom(NaN, 'never', -1)),
    stage: fc.option(fc.constantFrom('decision', 'interest', 'post-purchase', 'zero', 'delight', '__proto__'), { nil: undefined }),
    cart: fc.boolean(),
    properties: fc.record({
      channel: fc.constantFrom(...CHANNELS),
      network: fc.option(text, { nil: null }),
      paid: fc.constantFrom(true, false, null),
      by: fc.constantFrom('referrer', 'utm', null),
      campaign: fc.option(fc.dictionary(fc.constantFrom('source', 'medium', 'name', 'term'), text), { nil: undefined }),
      share: fc.option(fc.record({ token: fc.constant('a1b2c3d4e5f6'), depth: fc.integer({ min: 1, max: 20 }) }), { nil: undefined }),
      rating: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.anything()),
      sentiment: fc.constantFrom('positive', 'negative', undefined),
    }),
  });
const someEvent = eventWith(fc.string({ maxLength: 12 }));
const longEvent = eventWith(fc.string({ unit: 'binary', minLength: 0, maxLength: 300 }));
const someModels = fc.uniqueArray(fc.constantFrom(...[...MODELS, ...SCHEMES].map(({ name }) => name)), { maxLength: 6 });

function walk(models: string[], events: readonly JourneyEvent[], state?: JourneyState) {
  const journey = createJourney({ models: models.map(modelOf), goals: ['sign_up'] }, state);
  const steps = events.map((event) => journey.record(event));
  return { steps, state: journey.state, touchpoints: journey.touchpoints };
}

describe('whatever happens', () => {
  test('every stage is one of its model’s, loops only count up, and the furthest of a loop never goes back', () => {
    fc.assert(
      fc.property(someModels, fc.array(someEvent, { maxLength: 40 }), (models, events) => {
        const [first = 'journey'] = models;
        const { names } = modelOf(first);
        let before: { loop: number; stage: string | null; furthest: string } = { loop: 1, stage: null, furthest: names[0]! };
        for (const step of walk(models, events).steps) {
          expect(names).toContain(step.stage);
          for (const [name, stage] of Object.entries(step.stages ?? {})) expect(modelOf(name).names).toContain(stage);
          expect(step.loop - before.loop).toBe(step.move === 'loop' ? 1 : 0);
          expect(step.from).toBe(before.stage);
          expect(step.move === 'enter').toBe(before.stage === null);
          expect(names.indexOf(step.furthest)).toBeGreaterThanOrEqual(names.indexOf(step.stage));
          if (step.loop === before.loop) expect(names.indexOf(step.furthest)).toBeGreaterThanOrEqual(names.indexOf(before.furthest));
          before = step;
        }
      }),
    );
  });

  test('every event has its canonical stage', () => {
    fc.assert(
      fc.property(someModels, fc.array(someEvent, { minLength: 1, maxLength: 10 }), (models, events) => {
        for (const { stage, stages } of walk(models, events).steps) expect(findModel('journey').names).toContain(stages?.journey ?? stage);
      }),
    );
  });

  test(`the state stays within ${MAX_STATE_BYTES} bytes, however long the history and whatever the texts`, () => {
    fc.assert(
      fc.property(someModels, fc.array(longEvent, { minLength: 20, maxLength: 120 }), (models, events) => {
        const journey = createJourney({ models: models.map(modelOf) });
        for (const event of events) {
          journey.record(event);
          expect(bytes(journey.state)).toBeLessThanOrEqual(MAX_STATE_BYTES);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same events give the same journey, in one piece or stored as JSON in between', () => {
    fc.assert(
      fc.property(someModels, fc.array(someEvent, { maxLength: 30 }), fc.nat(30), (models, events, pause) => {
        const whole = walk(models, events);
        expect(walk(models, events)).toEqual(whole);
        const first = walk(models, events.slice(0, pause));
        const stored = reviveJourney(JSON.parse(JSON.stringify(first.state)));
        expect(stored).toEqual(first.state);
        const second = walk(models, events.slice(pause), stored);
        expect(JSON.stringify([...first.steps, ...second.steps])).toBe(JSON.stringify(whole.steps));
      }),
    );
  });
});

test('remembers twenty arrivals with their campaigns within the bound, in five models', () => {
  const journey = createJourney({ models: MODELS.map(({ name }) => name) });
  for (let day = 0; day < 40; day++) {
    const campaign = { source: day % 2 ? 'instagram' : 'newsletter', medium: day % 2 ? 'social' : 'email', name: `spring-${day}` };
    journey.record({ name: 'social_landing', time: NOON + day * DAY, properties: { channel: day % 2 ? 'organic_social' : 'email', network: 'instagram', paid: false, by: 'utm', campaign } });
  }
  expect(journey.touchpoints).toHaveLength(21);
  expect(journey.touchpoints.every(({ campaign }) => campaign?.name)).toBe(true);
  expect(bytes(journey.state)).toBeLessThanOrEqual(MAX_STATE_BYTES);
});

test('leaves out the oldest campaigns first where there is no room, and never the first arrival', () => {
  const journey = createJourney();
  const nameOf = (day: number) => `${day}-${'ä'.repeat(90)}`;
  for (let day = 0; day < 20; day++) {
    journey.record({ name: 'landing', time: NOON + day * DAY, properties: { channel: 'email', network: null, paid: false, by: 'utm', campaign: { name: nameOf(day) } } });
  }
  const named = journey.touchpoints.map(({ campaign }) => campaign?.name);
  expect(named).toHaveLength(20);
  expect(named[0]).toBe(nameOf(0));
  const kept = named.slice(1).filter(Boolean);
  expect(kept.length).toBeGreaterThan(2);
  expect(named.slice(-kept.length)).toEqual(kept);
  expect(named.at(-1)).toBe(nameOf(19));
  expect(bytes(journey.state)).toBeLessThanOrEqual(MAX_STATE_BYTES);
});

test('stays within the bound to the byte, also where a stage with a longer name follows', () => {
  for (let length = 1; length < 160; length++) {
    const journey = createJourney();
    const arrive = (day: number, network: string) => journey.record({ name: 'social_landing', time: NOON + day * DAY, properties: { channel: 'organic_social', network, paid: false, by: 'utm' } });
    for (let day = 0; day < 15; day++) arrive(day, `${day}-${'n'.repeat(78)}`);
    arrive(15, 'n'.repeat(length));
    journey.record({ name: 'compare_items', time: NOON + 16 * DAY });
    expect(bytes(journey.state)).toBeLessThanOrEqual(MAX_STATE_BYTES);
  }
});

describe('two tabs that wrote at the same time', () => {
  const streams = fc.tuple(someModels, fc.array(someEvent, { maxLength: 10 }), fc.array(someEvent, { maxLength: 10 }), fc.array(someEvent, { maxLength: 10 }));
  const branches = streams.map(([models, before, one, other]) => {
    const { state } = walk(models, before);
    return { models: [...models, 'journey'].map(modelOf), a: walk(models, one, state).state, b: walk(models, other, state).state };
  });

  test('are one, whichever is taken first; merging what is merged changes nothing', () => {
    fc.assert(
      fc.property(branches, ({ models, a, b }) => {
        const merged = mergeJourneys(a, b, models);
        expect(mergeJourneys(b, a, models)).toEqual(merged);
        expect(mergeJourneys(a, a, models)).toEqual(a);
        expect(mergeJourneys(merged, merged, models)).toEqual(merged);
        expect(bytes(merged)).toBeLessThanOrEqual(MAX_STATE_BYTES);
        expect(reviveJourney(merged)).toEqual(merged);
      }),
    );
  });

  test('lose no touchpoint and no order', () => {
    const at = (minute: number) => NOON + minute * 60_000;
    const arrival = (network: string, minute: number): JourneyEvent => ({ name: 'social_landing', time: at(minute), properties: { channel: 'organic_social', network, paid: false, by: 'referrer' } });
    const start = walk([], [arrival('instagram', 0)]).state;
    const a = walk([], [arrival('tiktok', 1), { name: 'purchase', time: at(2) }], start);
    const b = walk([], [{ name: 'view_item', time: at(3) }, arrival('pinterest', 4)], start);
    const merged = mergeJourneys(a.state, b.state, [findModel('journey')]);
    expect(createJourney({}, merged).touchpoints.map(({ network }) => network)).toEqual(['instagram', 'tiktok', 'pinterest']);
    expect(merged.bought).toBe(true);
    expect(merged.progress.journey).toMatchObject({ stage: 'consideration', furthest: 'purchase', customer: true });
  });

  test('keep the furthest stage and the customer of the one, and the stage of the one that saw something last', () => {
    const start = walk([], [{ name: 'view_item', time: NOON }]).state;
    const a = walk([], [{ name: 'purchase', time: NOON + 1 }, { name: 'share', time: NOON + 2 }], start).state;
    const b = walk([], [{ name: 'add_to_cart', time: NOON + 3 }], start).state;
    expect(mergeJourneys(a, b, [findModel('journey')]).progress.journey).toEqual({ stage: 'decision', loop: 1, furthest: 'advocacy', customer: true });
  });
});

test('of two tabs, the one in the later loop says where the visitor is, and nothing of the earlier loop is left', () => {
  const start = walk([], [{ name: 'purchase', time: NOON }]).state;
  const a = walk([], [{ name: 'view_item', time: NOON + 1 }], start).state;
  const b = walk([], [{ name: 'share', time: NOON + 2 }], start).state;
  expect(mergeJourneys(a, b, [findModel('journey')]).progress.journey).toEqual({ stage: 'consideration', loop: 2, furthest: 'consideration', customer: false });
});

describe('what was stored', () => {
  test.each<[what: string, stored: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'journey'],
    ['an empty object', {}],
    ['an older layout', { stage: 'decision', loop: 1, furthest: 'decision', customer: false, last: NOON, latest: [] }],
    ['a newer layout', { ...START, v: 2 }],
    ['a time that is none', { ...START, last: 'yesterday' }],
    ['a loop that is none', { ...START, progress: { journey: { stage: 'decision', loop: 'one', furthest: 'decision', customer: false } } }],
    ['touchpoints that are none', { ...START, touches: 'none' }],
    ['a touchpoint at a time that is none', { ...START, touches: [[9e15, 0, 0, 0, 0, 0, 0, 0]] }],
    ['no progress', { ...START, progress: undefined }],
  ])('is no journey: %s', (_what, stored) => expect(reviveJourney(stored)).toBeUndefined());

  test('is never trusted blindly: what is taken for a journey can be walked on', () => {
    const broken = fc.record({ v: fc.constant(1), last: fc.anything(), bought: fc.anything(), progress: fc.anything(), words: fc.anything(), touches: fc.anything() });
    fc.assert(
      fc.property(fc.oneof(broken, fc.anything()), (stored) => {
        const state = reviveJourney(stored);
        if (state) expect(() => walk(['journey'], [{ name: 'view_item', time: NOON }], state)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test('survives that the shop names another model: the visitor is where the canonical stage says', () => {
    const { state } = walk([], [{ name: 'view_item', time: NOON }, { name: 'add_to_cart', time: NOON + 1 }]);
    const journey = createJourney({ models: ['moments', 'aida'] }, state);
    expect(journey.record({ name: 'page_view', time: NOON + 2 })).toMatchObject({ stage: 'first', move: 'stay', from: 'first', loop: 1, stages: { aida: 'desire', journey: 'decision' } });
  });

  test('survives a model whose stages were changed, and forgets models that are no longer named', () => {
    const { state } = walk(['aida'], [{ name: 'add_to_cart', time: NOON }]);
    const changed: JourneyState = { ...state, progress: { ...state.progress, aida: { stage: 'longing', loop: 1, furthest: 'longing', customer: false } } };
    const journey = createJourney({ models: ['aida'] }, changed);
    expect(journey.record({ name: 'page_view', time: NOON + 1 })).toMatchObject({ stage: 'desire', from: 'desire' });
    expect(Object.keys(walk(['funnel'], [{ name: 'page_view', time: NOON + 2 }], journey.state).state.progress)).toEqual(['funnel', 'journey']);
  });
});

describe('a conversion', () => {
  const arrivals: JourneyEvent[] = [1, 2].map((day) => ({ name: 'landing', time: NOON + day * DAY, properties: { channel: day === 1 ? 'email' : 'direct', network: null, paid: false, by: null } }));
  const pathOf = (event: JourneyEvent, goals: string[] = [], models: string[] = []) => {
    const journey = createJourney({ goals, models });
    for (const arrival of arrivals) journey.record(arrival);
    return journey.record({ time: NOON + 3 * DAY, ...event }).path?.map(({ channel }) => channel);
  };

  test.each<[event: JourneyEvent, goals: string[], isConversion: boolean]>([
    [{ name: 'purchase' }, [], true],
    [{ name: 'subscribe' }, [], true],
    [{ name: 'newsletter_subscribe' }, [], false],
    [{ name: 'newsletter_subscribe' }, ['newsletter_subscribe'], true],
    [{ name: 'sign_up' }, ['sign_up'], true],
    [{ name: 'sign_up' }, [], false],
    [{ name: 'deal_signed', stage: 'purchase' }, [], true],
    [{ name: 'page_view', stage: 'purchase' }, [], false],
    [{ name: 'deal_signed', stage: 'action' }, [], true],
    [{ name: 'add_to_cart' }, [], false],
    [{ name: 'page_view' }, [], false],
  ])('%j with goals %j carries the path: %s', (event, goals, isConversion) => {
    expect(pathOf(event, goals)).toEqual(isConversion ? ['email', 'direct'] : undefined);
    expect(pathOf(event, goals, ['moments', 'funnel'])).toEqual(isConversion ? ['email', 'direct'] : undefined);
  });

  test('is one by its canonical stage also in a model that knows nothing of it', () => {
    const journey = createJourney({ models: [BOATS] });
    expect(journey.record({ name: 'deal_signed', stage: 'purchase', time: NOON })).toMatchObject({ stage: 'look', stages: { journey: 'purchase' }, path: [] });
    expect(journey.record({ name: 'boat_booked', time: NOON })).toMatchObject({ stage: 'book', path: [] });
    expect(journey.record({ name: 'boat_view', time: NOON })).not.toHaveProperty('path');
  });

  test('carries it also when a customer orders again', () => {
    const journey = createJourney();
    journey.record(arrivals[0]!);
    journey.record({ name: 'purchase', time: NOON + 3 * DAY });
    expect(journey.record({ name: 'purchase', time: NOON + 4 * DAY })).toMatchObject({ stage: 'retention', path: [{ channel: 'email' }] });
  });

  test('is the stage that the goal has in each model', () => {
    const journey = createJourney({ models: ['journey', 'aida', 'funnel', 'mckinsey', 'moments'], goals: ['sign_up'] });
    expect(journey.record({ name: 'sign_up', time: NOON })).toMatchObject({ stage: 'purchase', stages: { aida: 'action', funnel: 'purchase', mckinsey: 'moment_of_purchase', moments: 'first' } });
  });
});

test.each<[what: string, options: object, message: RegExp]>([
  ['a model that there is not', { models: ['adia'] }, /"models" takes up to 6 of journey,aida,funnel,mckinsey,moments.*got "adia"/],
  ['more than six models', { models: [...MODELS, ...SCHEMES] }, /up to 6 of/],
  ['what is no model', { models: [{ name: 'mine' }] }, /defineModel/],
  ['nothing', { models: [null] }, /got null/],
])('refuses %s', (_what, options, message) => {
  expect(() => createJourney(options)).toThrow(TypeError);
  expect(() => createJourney(options)).toThrow(message);
});

test('an arrival wakes a dormant visitor also in a model that has no stage for arrivals', () => {
  const journey = createJourney({ models: [BOATS] });
  journey.record({ name: 'boat_view', time: NOON });
  const landing = { name: 'landing', properties: { channel: 'direct', network: null, paid: false, by: null } };
  expect(journey.record({ ...landing, time: NOON + 91 * DAY })).toMatchObject({ stage: 'look', move: 'loop', loop: 2 });
});

test('a goal has the stage that a model’s own rule gives it, and stays one where the shop says a stage that there is not', () => {
  const boats = createJourney({ models: [BOATS], goals: ['boat_booked', 'sign_up'] });
  expect(boats.record({ name: 'boat_booked', time: NOON })).toMatchObject({ stage: 'book', stages: { journey: 'purchase' }, path: [] });
  const journey = createJourney({ goals: ['sign_up'] });
  expect(journey.record({ name: 'sign_up', stage: 'foo', time: NOON })).toMatchObject({ stage: 'purchase' });
  expect(journey.record({ name: 'sign_up', stage: 'decision', time: NOON })).toMatchObject({ stage: 'decision' });
});

test('an arrival is remembered however long its campaign', () => {
  const long = 'ä'.repeat(290);
  const journey = createJourney({ models: MODELS.map(({ name }) => name) });
  journey.record({ name: 'landing', time: NOON, properties: { channel: 'email', network: null, paid: false, by: 'utm', campaign: { source: long, medium: `${long}m`, name: `${long}n` } } });
  expect(journey.touchpoints.map(({ channel }) => channel)).toEqual(['email']);
});

test('coming back from a payment provider is no touchpoint', () => {
  const journey = createJourney();
  journey.record({ name: 'social_landing', time: NOON, properties: { channel: 'organic_social', network: 'instagram', paid: false, by: 'referrer' } });
  journey.record({ name: 'landing', time: NOON + 1, properties: { channel: 'internal', network: null, paid: false, by: 'referrer' } });
  expect(journey.touchpoints.map(({ channel }) => channel)).toEqual(['organic_social']);
});

test('a stage that the shop gives goes before the event’s name, in every model', () => {
  const journey = createJourney({ models: ['journey', 'aida', 'funnel'] });
  expect(journey.record({ name: 'view_item', time: NOON }).stages).toEqual({ aida: 'desire', funnel: 'product_view' });
  expect(journey.record({ name: 'view_item', stage: 'consideration', time: NOON })).toMatchObject({ stage: 'consideration', stages: { aida: 'interest', funnel: 'product_view' } });
  // A stage of one model says nothing of the others.
  expect(journey.record({ name: 'quiz_done', stage: 'checkout', time: NOON })).toMatchObject({ stage: 'consideration', stages: { aida: 'interest', funnel: 'checkout' } });
});

test.each([[{ toString: 1 }], [Object.create(null)], [Symbol('x')], [['email']], [null]])('survives a channel that is none: %j', (channel) => {
  const journey = createJourney();
  expect(journey.record({ name: 'landing', time: NOON, properties: { channel } })).toMatchObject({ stage: 'awareness' });
  expect(journey.touchpoints).toEqual([]);
});
