import { describe, expect, test } from 'vitest';
import { createJourney, defineModel, DORMANT_DAYS, journeyModel, type Fact, type JourneyEvent, type JourneyState, type Step } from '../../src/journey/index.js';
import { advance, resolveRules } from '../../src/journey/journey.js';
import { stageOf } from '../../src/journey/model.js';
import { START } from '../../src/journey/state.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 5, 1, 12);

/** Every event that the default model names, with its stage. */
const EVENTS_OF_THE_MODEL = journeyModel.rules.map(({ event, stage }) => [event, stage] as const);

/** Walks a journey, an hour between two events where they have no time of their own, and returns every step. */
function walk(...events: (string | JourneyEvent)[]): Step[] {
  const journey = createJourney();
  return events.map((event, hour) => journey.record({ time: NOON + hour * HOUR, ...(typeof event === 'string' ? { name: event } : event) }));
}

/** The last step of a walk. */
const last = (...events: (string | JourneyEvent)[]) => walk(...events).at(-1);

/** An arrival from outside. */
const arrival = (properties: Record<string, unknown> = {}, time?: number): JourneyEvent => ({
  name: 'social_landing',
  properties: { channel: 'organic_social', network: 'instagram', paid: false, by: 'referrer', ...properties },
  ...(time === undefined ? {} : { time }),
});

describe('the stage of an event', () => {
  type Row = [event: string, known: (Fact | 'paid' | 'personalized')[], stage: string | undefined];
  const ROWS: Row[] = [
    // Awareness
    ['landing', ['newcomer'], 'awareness'],
    ['landing', [], undefined],
    ['landing', ['cart'], 'decision'],
    ['landing', ['cart', 'newcomer'], 'awareness'],
    // Consideration
    ['view_item_list', [], 'consideration'],
    ['select_item', [], 'consideration'],
    ['search', ['newcomer'], 'consideration'],
    ['view_item', ['customer'], 'consideration'],
    ['review_view', [], 'consideration'],
    ['video_start', [], 'consideration'],
    ['compare_items', [], 'consideration'],
    ['landing', ['paid'], 'consideration'],
    ['landing', ['paid', 'newcomer'], 'awareness'],
    // Decision
    ['review_view', ['cart'], 'decision'],
    ['landing', ['cart', 'paid'], 'decision'],
    ['select_item', ['personalized'], 'decision'],
    ['checkout_progress', [], 'decision'],
    ['add_to_wishlist', [], 'decision'],
    ['wishlist_add', [], 'decision'],
    ['select_promotion', [], 'decision'],
    ['add_to_cart', ['newcomer'], 'decision'],
    ['view_cart', [], 'decision'],
    ['begin_checkout', [], 'decision'],
    ['add_shipping_info', [], 'decision'],
    ['add_payment_info', [], 'decision'],
    // Purchase
    ['purchase', ['cart'], 'purchase'],
    ['subscribe', [], 'purchase'],
    ['newsletter_subscribe', [], 'consideration'],
    ['newsletter_subscribe', ['newcomer'], 'consideration'],
    // Retention
    ['purchase', ['customer'], 'retention'],
    ['subscribe', ['customer'], 'retention'],
    ['newsletter_subscribe', ['customer'], 'retention'],
    ['landing', ['customer', 'cart', 'paid'], 'retention'],
    ['landing', ['customer'], 'retention'],
    ['order_status_view', [], 'retention'],
    ['support_contact', ['customer'], 'retention'],
    ['account_view', ['customer'], 'retention'],
    ['loyalty_join', ['customer'], 'retention'],
    ['account_view', ['cart'], undefined],
    ['loyalty_join', ['newcomer'], undefined],
    ['feedback', ['customer'], 'retention'],
    ['support_contact', [], undefined],
    // Advocacy
    ['share', [], 'advocacy'],
    ['review_submit', [], 'advocacy'],
    ['refer_friend', [], 'advocacy'],
    ['content_submit', [], 'advocacy'],
    ['feedback', ['pleased'], 'advocacy'],
    ['feedback', ['pleased', 'customer'], 'advocacy'],
    ['feedback', [], undefined],
    // No stage of its own
    ['page_view', ['newcomer'], undefined],
    ['size_guide_open', ['customer', 'cart'], undefined],
    ['Purchase', [], undefined],
    ['view', [], undefined],
    ['', [], undefined],
    ['constructor', [], undefined],
  ];

  const facts = (known: string[]): Record<Fact, boolean> => ({
    newcomer: known.includes('newcomer'),
    customer: known.includes('customer'),
    bought: known.includes('bought'),
    cart: known.includes('cart'),
    pleased: known.includes('pleased'),
  });

  test.each(ROWS)('%s with %j is %s', (name, known, stage) => {
    const properties = { paid: known.includes('paid'), personalized: known.includes('personalized') };
    expect(stageOf(journeyModel, [name], properties, facts(known))).toBe(stage);
  });

  test('is told above for every rule of the model', () => {
    const told = new Set(ROWS.map(([name, , stage]) => `${name}: ${stage}`));
    const promised = EVENTS_OF_THE_MODEL.map(([name, stage]) => `${name}: ${stage}`);
    expect(promised.filter((rule) => !told.has(rule))).toEqual([]);
  });

  test('is what the shop says, before any rule', () => {
    expect(last({ name: 'view_item', stage: 'decision' })?.stage).toBe('decision');
    expect(last({ name: 'size_guide_open', stage: 'consideration' })?.stage).toBe('consideration');
  });

  test.each([['attention', 'awareness'], ['interest', 'consideration'], ['desire', 'decision'], ['action', 'purchase'], ['post-purchase', 'retention']])(
    'can be said in the words of another scheme: %s is %s',
    (said, stage) => expect(last({ name: 'quiz_done', stage: said })?.stage).toBe(stage),
  );

  test.each(['Decision', 'checkout', '', 'constructor', undefined, null, 3, {}])('passes over %j, which is no stage of the model', (stage) => {
    expect(last({ name: 'view_item', stage: stage as string })?.stage).toBe('consideration');
    expect(last({ name: 'page_view', stage: stage as string })).toMatchObject({ stage: 'awareness', move: 'enter' });
  });

  test.each(['email', 'sms', 'push'])('of an arrival by %s is consideration for a newcomer, decision for somebody with a cart, retention for a customer', (channel) => {
    const message = { name: 'landing', properties: { channel, network: null, paid: false, by: 'utm' } };
    expect(last(message)?.stage).toBe('consideration');
    expect(last({ name: 'add_to_cart' }, 'view_item', { ...message, cart: true })?.stage).toBe('decision');
    expect(last('purchase', { ...message, cart: true })?.stage).toBe('retention');
  });
});

test.each([
  ['somebody who has not bought', ['landing', 'newsletter_subscribe'], { journey: 'consideration', aida: 'interest', funnel: 'visit', mckinsey: 'active_evaluation', moments: 'zero' }, false],
  ['a customer', ['view_item', 'purchase', 'newsletter_subscribe'], { journey: 'retention', aida: 'action', funnel: 'purchase', mckinsey: 'postpurchase_experience', moments: 'second' }, true],
])('a newsletter makes no buyer of %s, in any model', (_who, names, stages, isCustomer) => {
  const models = Object.keys(stages);
  const journey = createJourney({ models });
  const steps = names.map((name) => journey.record({ name }));
  const { stage, stages: others, loop } = steps.at(-1)!;
  expect({ journey: stage, ...others }).toEqual(stages);
  expect(loop).toBe(1);
  expect(models.map((model) => journey.state.progress[model]!.customer)).toEqual(models.map(() => isCustomer));
});

test('knows six stages, in this order', () => {
  expect(journeyModel.names).toEqual(['awareness', 'consideration', 'decision', 'purchase', 'retention', 'advocacy']);
});

describe('the move of an event', () => {
  test.each<[promise: string, events: (string | JourneyEvent)[], step: Step]>([
    ['enters with the first event', [arrival()], { stage: 'awareness', move: 'enter', from: null, loop: 1, furthest: 'awareness' }],
    ['enters in the middle where the first event belongs there', ['add_to_cart'], { stage: 'decision', move: 'enter', from: null, loop: 1, furthest: 'decision' }],
    ['enters at the beginning with an event that has no stage', ['page_view'], { stage: 'awareness', move: 'enter', from: null, loop: 1, furthest: 'awareness' }],
    ['goes forward to the next stage', [arrival(), 'view_item'], { stage: 'consideration', move: 'forward', from: 'awareness', loop: 1, furthest: 'consideration' }],
    ['skips a stage', [arrival(), 'add_to_cart'], { stage: 'decision', move: 'skip', from: 'awareness', loop: 1, furthest: 'decision' }],
    ['skips from contact to purchase', [arrival(), 'purchase'], { stage: 'purchase', move: 'skip', from: 'awareness', loop: 1, furthest: 'purchase' }],
    ['goes back, and remembers the furthest', ['begin_checkout', 'view_item'], { stage: 'consideration', move: 'back', from: 'decision', loop: 1, furthest: 'decision' }],
    ['stays in the stage', ['view_item', 'search'], { stage: 'consideration', move: 'stay', from: 'consideration', loop: 1, furthest: 'consideration' }],
    ['stays with an event that has no stage', ['view_item', 'size_guide_open'], { stage: 'consideration', move: 'stay', from: 'consideration', loop: 1, furthest: 'consideration' }],
    ['goes on after a purchase', ['purchase', 'order_status_view'], { stage: 'retention', move: 'forward', from: 'purchase', loop: 1, furthest: 'retention' }],
    ['skips from the purchase to a review', ['purchase', 'review_submit'], { stage: 'advocacy', move: 'skip', from: 'purchase', loop: 1, furthest: 'advocacy' }],
    ['goes back from praise to a question', ['purchase', 'share', 'support_contact'], { stage: 'retention', move: 'back', from: 'advocacy', loop: 1, furthest: 'advocacy' }],
    ['begins a new loop when a customer looks at products', ['purchase', 'view_item'], { stage: 'consideration', move: 'loop', from: 'purchase', loop: 2, furthest: 'consideration' }],
    ['begins a new loop when a customer who praised puts something into the cart', ['purchase', 'share', 'add_to_cart'], { stage: 'decision', move: 'loop', from: 'advocacy', loop: 2, furthest: 'decision' }],
    ['stays a customer with the next order, where no new interest came before it', ['purchase', 'purchase'], { stage: 'retention', move: 'forward', from: 'purchase', loop: 1, furthest: 'retention' }],
    ['stays a customer with a subscription', ['purchase', 'subscribe'], { stage: 'retention', move: 'forward', from: 'purchase', loop: 1, furthest: 'retention' }],
    ['begins one loop for new interest, not one for every look', ['purchase', 'view_item', 'view_item'], { stage: 'consideration', move: 'stay', from: 'consideration', loop: 2, furthest: 'consideration' }],
    ['counts a third loop', ['purchase', 'view_item', 'purchase', 'search'], { stage: 'consideration', move: 'loop', from: 'purchase', loop: 3, furthest: 'consideration' }],
    ['begins no loop with an event that has no stage', ['purchase', 'page_view'], { stage: 'purchase', move: 'stay', from: 'purchase', loop: 1, furthest: 'purchase' }],
    ['begins no loop for those who have bought nothing', ['share', 'view_item'], { stage: 'consideration', move: 'back', from: 'advocacy', loop: 1, furthest: 'advocacy' }],
    ['takes a stage that the shop gives', ['page_view', { name: 'quiz_done', stage: 'decision' }], { stage: 'decision', move: 'skip', from: 'awareness', loop: 1, furthest: 'decision' }],
    ['begins a new loop with a stage that the shop gives', ['purchase', { name: 'quiz_done', stage: 'consideration' }], { stage: 'consideration', move: 'loop', from: 'purchase', loop: 2, furthest: 'consideration' }],
    ['buys on the page of the order, whose view is no purchase by itself', [{ name: 'page_view', stage: 'purchase' }, 'purchase'], { stage: 'purchase', move: 'stay', from: 'purchase', loop: 1, furthest: 'purchase' }],
    ['begins no loop where the page of the order is loaded again', ['purchase', { name: 'page_view', stage: 'purchase' }], { stage: 'purchase', move: 'stay', from: 'purchase', loop: 1, furthest: 'purchase' }],
    ['counts a stage that the shop gives as the purchase', [{ name: 'deal_signed', stage: 'purchase' }, 'support_contact'], { stage: 'retention', move: 'forward', from: 'purchase', loop: 1, furthest: 'retention' }],
    ['passes over a stage that the model does not have', ['view_item', { name: 'quiz_done', stage: 'delight' }], { stage: 'consideration', move: 'stay', from: 'consideration', loop: 1, furthest: 'consideration' }],
    ['counts a review read with something in the cart as decision', ['view_item', { name: 'review_view', cart: true }], { stage: 'decision', move: 'forward', from: 'consideration', loop: 1, furthest: 'decision' }],
  ])('%s', (_promise, events, step) => {
    const { path: _path, ...made } = last(...events)!;
    expect(made).toEqual(step);
  });

  test.each<[visitor: string, before: string[], step: Partial<Step>]>([
    ['of a newcomer is awareness', [], { stage: 'awareness', move: 'enter' }],
    ['of a prospect leaves the stage as it is', ['add_to_cart'], { stage: 'decision', move: 'stay' }],
    ['of a customer is retention', ['purchase'], { stage: 'retention', move: 'forward', loop: 1 }],
    ['of a customer who looks around again leaves the stage as it is', ['purchase', 'view_item'], { stage: 'consideration', move: 'stay', loop: 2 }],
  ])('on arrival %s', (_visitor, before, step) => {
    expect(last(...before, arrival())).toMatchObject(step);
    expect(last(...before, { name: 'landing', properties: { channel: 'direct' } })).toMatchObject(step);
  });

  test.each<[opinion: Record<string, unknown>, isPleased: boolean]>([
    [{ rating: 5 }, true],
    [{ rating: 4 }, true],
    [{ rating: '5' }, false],
    [{ sentiment: 'positive' }, true],
    [{ rating: 1, sentiment: 'positive' }, true],
    [{ rating: 3.9 }, false],
    [{ rating: 1 }, false],
    [{ rating: 'great' }, false],
    [{ rating: null }, false],
    [{ sentiment: 'negative' }, false],
    [{}, false],
  ])('tells by %j whether the visitor was pleased: %s', (properties, isPleased) => {
    expect(last('purchase', { name: 'feedback', properties })?.stage).toBe(isPleased ? 'advocacy' : 'retention');
    expect(last('view_item', { name: 'feedback', properties })?.stage).toBe(isPleased ? 'advocacy' : 'consideration');
  });
});

describe('after a long pause', () => {
  const view = (time: number): JourneyEvent => ({ name: 'view_item', time });

  test('of 90 days, interest begins a new loop', () => {
    expect(last(view(NOON), view(NOON + 90 * DAY + 1))).toEqual({ stage: 'consideration', move: 'loop', from: 'consideration', loop: 2, furthest: 'consideration' });
    expect(DORMANT_DAYS).toBe(90);
  });

  test('of 90 days to the millisecond, it does not yet', () => {
    expect(last(view(NOON), view(NOON + 90 * DAY))).toMatchObject({ move: 'stay', loop: 1 });
  });

  test('an arrival begins a new loop with awareness, also for a customer', () => {
    expect(last({ name: 'add_to_cart', time: NOON }, arrival({}, NOON + 91 * DAY))).toEqual({
      stage: 'awareness', move: 'loop', from: 'decision', loop: 2, furthest: 'awareness',
    });
    expect(last({ name: 'purchase', time: NOON }, arrival({}, NOON + 91 * DAY))).toMatchObject({ stage: 'awareness', move: 'loop', loop: 2 });
  });

  test('an event without a stage does not wake the journey; the touchpoint after it does', () => {
    const later = NOON + 91 * DAY;
    const steps = walk(view(NOON), { name: 'page_view', time: later }, { name: 'page_view', time: later + 1 }, { name: 'search', time: later + 2 });
    expect(steps.map(({ move, loop }) => [move, loop])).toEqual([['enter', 1], ['stay', 1], ['stay', 1], ['loop', 2]]);
  });

  test('a question of a customer long gone does not wake the journey', () => {
    const later = NOON + 91 * DAY;
    const steps = walk({ name: 'purchase', time: NOON }, { name: 'support_contact', time: later }, { name: 'view_item', time: later + 1 });
    expect(steps.map(({ loop }) => loop)).toEqual([1, 1, 2]);
  });

  test('a stage that the shop gives wakes the journey', () => {
    expect(last(view(NOON), { name: 'quiz_done', stage: 'decision', time: NOON + 91 * DAY })).toMatchObject({ stage: 'decision', move: 'loop', loop: 2 });
  });

  test('pauses that are each short enough never add up', () => {
    const events = Array.from({ length: 8 }, (_, index) => view(NOON + index * 60 * DAY));
    expect(last(...events)).toMatchObject({ move: 'stay', loop: 1 });
  });

  test('the pause is the one that the shop names', () => {
    const rules = resolveRules({ dormantDays: 1 / 24 });
    const { state } = advance(rules, START, view(NOON));
    expect(advance(rules, state, view(NOON + HOUR)).step.loop).toBe(1);
    expect(advance(rules, state, view(NOON + HOUR + 1)).step.loop).toBe(2);
  });
});

describe('touchpoints', () => {
  test('are the arrivals, with where they came from, when, and the stage they led to', () => {
    const journey = createJourney();
    const campaign = { source: 'instagram', medium: 'social', name: 'spring' };
    journey.record(arrival({ campaign }, NOON));
    journey.record({ name: 'view_item', time: NOON + HOUR });
    const touchpoint = { channel: 'organic_social', network: 'instagram', paid: false, by: 'referrer', campaign, time: '2026-06-01T12:00:00.000Z', stage: 'awareness' };
    expect(journey.touchpoints).toEqual([touchpoint]);
  });

  test('are the first for ever, and the latest twenty', () => {
    const journey = createJourney();
    for (let day = 1; day <= 25; day++) journey.record(arrival({ network: `network_${day}` }, NOON + day * DAY));
    const [first, ...latest] = journey.touchpoints;
    expect(first?.network).toBe('network_1');
    expect(latest.map(({ network }) => network)).toEqual(Array.from({ length: 20 }, (_, index) => `network_${index + 6}`));
  });

  test('outlive a new loop', () => {
    const journey = createJourney();
    journey.record(arrival({ network: 'tiktok' }, NOON));
    journey.record({ name: 'purchase', time: NOON + HOUR });
    journey.record({ name: 'view_item', time: NOON + DAY });
    expect(journey.state.progress.journey?.loop).toBe(2);
    expect(journey.touchpoints).toMatchObject([{ network: 'tiktok' }]);
  });

  test('are not made of anything but arrivals', () => {
    const journey = createJourney();
    for (const name of ['page_view', 'view_item', 'landing_page', 'my_landing', 'social_landings']) journey.record({ name, time: NOON });
    expect(journey.touchpoints).toEqual([]);
  });
});

describe('the state', () => {
  const EVENTS: JourneyEvent[] = [
    arrival({ network: 'tiktok', campaign: undefined }, NOON),
    { name: 'view_item', time: NOON + 1 },
    { name: 'purchase', time: NOON + 2 },
    { name: 'order_status_view', time: NOON + DAY },
    { name: 'feedback', properties: { rating: 5 }, time: NOON + 2 * DAY },
    { name: 'page_view', time: NOON + 200 * DAY },
    arrival({ network: 'pinterest' }, NOON + 200 * DAY + 1),
    { name: 'add_to_cart', time: NOON + 200 * DAY + 2 },
  ];

  test.each(EVENTS.map((_, index) => index))('can be written as JSON after event %i and read elsewhere: the steps are the same', (pause) => {
    const straight = createJourney();
    const before = createJourney();
    const expected = EVENTS.map((event) => straight.record(event));
    const steps = EVENTS.slice(0, pause).map((event) => before.record(event));
    const after = createJourney({}, JSON.parse(JSON.stringify(before.state)) as JourneyState);
    steps.push(...EVENTS.slice(pause).map((event) => after.record(event)));
    expect(steps).toEqual(expected);
    expect(after.state).toEqual(straight.state);
  });

  test('is never changed in place: an event makes a new one', () => {
    const rules = resolveRules();
    const { state } = advance(rules, START, arrival({}, NOON));
    const before = JSON.stringify(state);
    advance(rules, Object.freeze({ ...state, touches: Object.freeze([...state.touches]) }), arrival({}, NOON + 200 * DAY));
    expect(JSON.stringify(state)).toBe(before);
  });

  test('of one visitor does not reach another', () => {
    const one = createJourney();
    one.record(arrival({}, NOON));
    one.record({ name: 'purchase', time: NOON });
    const other = createJourney();
    expect(other.state).toEqual({ v: 1, last: 0, bought: false, progress: {}, words: [], touches: [] });
  });

  test.each(['yesterday', '', NaN, Infinity, -Infinity, 9e15, undefined, null, {}])('takes the time of the event before for %j', (time) => {
    const journey = createJourney();
    journey.record({ name: 'view_item', time: NOON });
    journey.record({ ...arrival(), time: time as number });
    expect(journey.state.last).toBe(NOON);
    expect(journey.touchpoints).toMatchObject([{ time: '2026-06-01T12:00:00.000Z' }]);
  });

  test.each(['yesterday', NaN, undefined])('makes a touchpoint with a valid time also where the first event has none (%j)', (time) => {
    const journey = createJourney();
    expect(journey.record({ ...arrival(), time })).toMatchObject({ stage: 'awareness', move: 'enter' });
    expect(Date.parse(journey.touchpoints[0]!.time)).not.toBeNaN();
  });

  test('reads ISO 8601', () => {
    const journey = createJourney();
    journey.record({ name: 'view_item', time: '2026-06-01T14:00:00+02:00' });
    expect(journey.state.last).toBe(NOON);
  });

  test('survives a clock that is set back', () => {
    const steps = walk({ name: 'view_item', time: NOON }, { name: 'add_to_cart', time: NOON - 400 * DAY }, { name: 'view_item', time: NOON + 1 });
    expect(steps.map(({ move, loop }) => [move, loop])).toEqual([['enter', 1], ['forward', 1], ['back', 1]]);
  });
});

test('tells the journey of one customer who comes by a hashtag and brings the next one', () => {
  const journey = createJourney();
  const step = (day: number, name: string, properties?: Record<string, unknown>) => {
    const { stage, move, from, loop, furthest } = journey.record({ name, time: NOON + day * DAY, ...(properties ? { properties } : {}) });
    return [stage, move, from, loop, furthest];
  };
  const hashtag = { channel: 'organic_social', network: 'instagram', paid: false, by: 'utm', campaign: { source: 'instagram', term: 'kites' } };
  const friend = { channel: 'shared_link', network: 'whatsapp', paid: false, by: 'utm' };

  // Sees a post with a hashtag, looks at one page, and leaves.
  expect(step(0, 'social_landing', hashtag)).toEqual(['awareness', 'enter', null, 1, 'awareness']);
  expect(step(0, 'page_view')).toEqual(['awareness', 'stay', 'awareness', 1, 'awareness']);
  // Two weeks later a friend sends a link, and that decides it.
  expect(step(14, 'social_landing', friend)).toEqual(['awareness', 'stay', 'awareness', 1, 'awareness']);
  expect(step(14, 'purchase', { transaction_id: 'T1' })).toEqual(['purchase', 'skip', 'awareness', 1, 'purchase']);
  expect(step(15, 'order_status_view')).toEqual(['retention', 'forward', 'purchase', 1, 'retention']);
  // Wants another one, compares, hesitates, and buys it.
  expect(step(40, 'landing', { channel: 'direct', network: null, paid: false, by: null })).toEqual(['retention', 'stay', 'retention', 1, 'retention']);
  expect(step(40, 'view_item_list')).toEqual(['consideration', 'loop', 'retention', 2, 'consideration']);
  expect(step(40, 'add_to_cart')).toEqual(['decision', 'forward', 'consideration', 2, 'decision']);
  expect(step(40, 'view_item')).toEqual(['consideration', 'back', 'decision', 2, 'decision']);
  expect(step(41, 'purchase', { transaction_id: 'T2' })).toEqual(['purchase', 'skip', 'consideration', 2, 'purchase']);
  // And tells the world.
  expect(step(50, 'review_submit', { rating: 5 })).toEqual(['advocacy', 'skip', 'purchase', 2, 'advocacy']);

  expect(journey.state.progress.journey).toEqual({ stage: 'advocacy', loop: 2, furthest: 'advocacy', customer: true });
  expect(journey.touchpoints.map(({ channel, network, stage }) => [channel, network, stage])).toEqual([
    ['organic_social', 'instagram', 'awareness'],
    ['shared_link', 'whatsapp', 'awareness'],
    ['direct', null, 'retention'],
  ]);
});

test('walks a model of the shop’s own', () => {
  const model = defineModel({
    name: 'boats',
    stages: [
      { name: 'look', label: 'Look', meaning: 'Looks at boats.' },
      { name: 'book', label: 'Book', meaning: 'Books one.' },
      { name: 'return', label: 'Return', meaning: 'Has brought it back.' },
    ],
    start: 'look',
    goal: 'book',
    loopOn: ['look'],
    rules: [['look', 'boat_view boat_compare'], ['book', 'boat_booked'], ['return', 'boat_back?customer']],
  });
  const journey = createJourney({ models: [model] });
  const moves = ['page_view', 'boat_back', 'boat_booked', 'boat_back', 'boat_view'].map((name) => {
    const { stage, move, loop } = journey.record({ name, time: NOON });
    return [stage, move, loop];
  });
  expect(moves).toEqual([
    ['look', 'enter', 1],
    ['look', 'stay', 1],
    ['book', 'forward', 1],
    ['return', 'forward', 1],
    ['look', 'loop', 2],
  ]);
});

