/* What must compile and what must not. Nothing here runs: `tsc -p test` is the test. */
import { expectTypeOf } from 'vitest';
import {
  createTracker,
  type Format,
  type Item,
  type JourneySnapshot,
  type Options,
  type Order,
  type OwnStage,
  type Plugin,
  type Problem,
  type Rating,
  type StageName,
  type TrackedEvent,
  type Tracker,
} from 'waymark';
import * as capture from 'waymark/capture';
import * as core from 'waymark/core';
import * as formats from 'waymark/formats';
import * as journey from 'waymark/journey';

type ShopEvents = {
  wishlist_shared: { item_id: string; channel: 'mail' | 'link' };
  size_guide_opened: { from?: 'hint' | 'menu' };
  shop_opened: {};
  // A shop may say better than we do what a standard event carries.
  search: { search_term: string; results: number };
};

/** The shop's own events are checked by name and by what they carry. */
export function ownEvents(tracker: Tracker<ShopEvents>): void {
  tracker.track('wishlist_shared', { item_id: 'A1', channel: 'mail' });
  tracker.track('wishlist_shared', { item_id: 'A1', channel: 'mail' }, { stage: 'advocacy' });
  // @ts-expect-error a name that nobody has declared
  tracker.track('wishlist_shard', { item_id: 'A1', channel: 'mail' });
  // @ts-expect-error a number is no item_id
  tracker.track('wishlist_shared', { item_id: 1, channel: 'mail' });
  // @ts-expect-error a channel that there is not
  tracker.track('wishlist_shared', { item_id: 'A1', channel: 'pigeon' });
  // @ts-expect-error channel is missing
  tracker.track('wishlist_shared', { item_id: 'A1' });
  // @ts-expect-error a property that the event does not have
  tracker.track('wishlist_shared', { item_id: 'A1', channel: 'mail', colour: 'red' });
  // @ts-expect-error an option that there is not
  tracker.track('wishlist_shared', { item_id: 'A1', channel: 'mail' }, { stages: 'advocacy' });
}

/** Properties may be left out exactly where none is required. */
export function optionalProperties(tracker: Tracker<ShopEvents>): void {
  tracker.track('size_guide_opened');
  tracker.track('size_guide_opened', {});
  tracker.track('size_guide_opened', { from: 'hint' });
  tracker.track('size_guide_opened', undefined, { stage: 'consideration' });
  tracker.track('shop_opened');
  tracker.track('view_item');
  // @ts-expect-error from is one of two
  tracker.track('size_guide_opened', { from: 'footer' });
  // @ts-expect-error the properties are required
  tracker.track('wishlist_shared');
  // @ts-expect-error the properties are required, options alone are not enough
  tracker.track('wishlist_shared', undefined, { stage: 'advocacy' });
}

/** The standard events are known beside the shop's own, in GA4's spelling. */
export function standardEvents(tracker: Tracker<ShopEvents>): void {
  tracker.track('view_item', { currency: 'EUR', value: 1, items: [{ item_id: 'A1', price: 1, item_brand: 'Own' }] });
  tracker.track('add_to_cart', { item_id: 'A1', quantity: 2 });
  tracker.track('add_to_cart', { items: [{ item_name: 'Kite' }], coupon: 'SPRING' });
  tracker.track('select_promotion', { promotion_id: 'spring' });
  tracker.track('purchase', { transaction_id: 'T1', value: 1 });
  tracker.track('order_status_view', { transaction_id: 'T1' });
  tracker.track('refund', { transaction_id: 'T1' });
  // @ts-expect-error a purchase has an order number
  tracker.track('purchase', { value: 1 });
  // @ts-expect-error a value is a number
  tracker.track('view_item', { value: '1' });
  // @ts-expect-error items are a list
  tracker.track('view_item', { items: { item_id: 'A1' } });
  // The shop's own search takes the place of ours.
  tracker.track('search', { search_term: 'kite', results: 3 });
  // @ts-expect-error results is missing
  tracker.track('search', { search_term: 'kite' });
}

/** What is likely to be mistyped is seen, and the shop's own fields and stages can be declared. */
interface ShopItem extends Item {
  size: string;
}
export function likelyMistakes(tracker: Tracker, given: Tracker<ShopEvents>, number: number): void {
  // @ts-expect-error item_id
  tracker.cart.add({ id: 'A1' });
  // @ts-expect-error item_id
  tracker.cart.set([{ itemId: 'A1' }]);
  // @ts-expect-error item_id
  tracker.purchase({ transaction_id: 'T1', items: [{ item_idd: 'A1' }] });
  // @ts-expect-error item_id
  tracker.track('view_item', { items: [{ item_idd: 'A1' }] });
  // @ts-expect-error item_id
  given.track('add_to_cart', { id: 'A1' });
  // @ts-expect-error at most 5
  tracker.feedback({ rating: 9 });
  // @ts-expect-error at most 5
  tracker.track('review_submit', { rating: 0 });
  // @ts-expect-error no number is sure to be one
  tracker.feedback({ rating: number });
  tracker.feedback({ rating: number as Rating });
  // @ts-expect-error whatsapp
  void tracker.share({ network: 'whatsup' });
  // @ts-expect-error no such model
  createTracker({ collector: '/events', models: ['funel'] });
  // @ts-expect-error no such stage
  tracker.track('anything', {}, { stage: 'decission' });
  // @ts-expect-error no such stage
  createTracker({ collector: '/events', pageStages: { '/blog/*': 'awarenes' } });
  tracker.track('anything', {}, { stage: 'moment_of_purchase' });
  tracker.track('anything', {}, { stage: 'book' as OwnStage });
  const item: ShopItem = { item_id: 'A1', size: 'L' };
  tracker.cart.add(item);
  tracker.cart.set([item, { item_name: 'Kite', item_category2: 'Toys' }]);
  tracker.purchase({ transaction_id: 'T1', items: [item], payment_type: 'card' });
  tracker.track('login', { method: 'mail' });
  tracker.track('view_promotion', { promotion_id: 'spring', layout: 'wide' });
  tracker.track('generate_lead', { value: 5, currency: 'EUR', lead_source: 'fair' });
  // @ts-expect-error a value is a number
  tracker.track('qualify_lead', { value: '5' });
  // @ts-expect-error a method is a text
  tracker.track('login', { method: 5 });
  tracker.on('problem', ({ code }) => {
    if (code === 'invalid_item') return;
    // @ts-expect-error no such code
    if (code === 'invalid_itm') return;
  });
  expectTypeOf<StageName>().toExtend<string>();
}

/** GA4's reference of recommended events, https://developers.google.com/analytics/devguides/collection/ga4/reference/events: each name with each of its parameters. */
export function ga4Events(tracker: Tracker<ShopEvents>, items: Item[]): void {
  const money = { currency: 'USD', value: 30.03 };
  const list = { item_list_id: 'related_products', item_list_name: 'Related products', items };
  const promotion = { creative_name: 'summer_banner2', creative_slot: 'featured_app_1', promotion_id: 'P_12345', promotion_name: 'Summer Sale', items };
  const order = { ...money, transaction_id: 'T_12345', coupon: 'SUMMER_FUN', shipping: 3.33, tax: 1.11, items };
  tracker.track('earn_virtual_currency', { virtual_currency_name: 'Gems', value: 5 });
  tracker.track('join_group', { group_id: 'G_12345' });
  tracker.track('login', { method: 'Google' });
  tracker.track('select_content', { content_type: 'product', content_id: 'C_12345' });
  tracker.track('share', { method: 'Twitter', content_type: 'image', item_id: 'C_12345' });
  tracker.track('sign_up', { method: 'Google' });
  tracker.track('spend_virtual_currency', { value: 5, virtual_currency_name: 'Gems', item_name: 'Starter Boost' });
  tracker.track('tutorial_begin');
  tracker.track('tutorial_complete');
  tracker.track('add_payment_info', { ...money, coupon: 'SUMMER_FUN', payment_type: 'Credit Card', items });
  tracker.track('add_shipping_info', { ...money, coupon: 'SUMMER_FUN', shipping_tier: 'Ground', items });
  tracker.track('add_to_cart', { ...money, items });
  tracker.track('add_to_wishlist', { ...money, items });
  tracker.track('begin_checkout', { ...money, coupon: 'SUMMER_FUN', items });
  tracker.track('purchase', { ...order, customer_type: 'new' });
  tracker.track('refund', order);
  tracker.track('remove_from_cart', { ...money, items });
  tracker.track('select_item', list);
  tracker.track('select_promotion', promotion);
  tracker.track('view_cart', { ...money, items });
  tracker.track('view_item', { ...money, items });
  tracker.track('view_item_list', { ...list, currency: 'USD' });
  tracker.track('view_promotion', promotion);
  tracker.track('level_end', { level_name: 'The journey begins...', success: true });
  tracker.track('level_start', { level_name: 'The journey begins...' });
  tracker.track('level_up', { level: 5, character: 'Player 1' });
  tracker.track('post_score', { score: 10000, level: 5, character: 'Player 1' });
  tracker.track('unlock_achievement', { achievement_id: 'A_12345' });
  tracker.track('close_convert_lead', money);
  tracker.track('close_unconvert_lead', { ...money, unconvert_lead_reason: 'Never responded' });
  tracker.track('disqualify_lead', { ...money, disqualified_lead_reason: 'Not looking to buy' });
  tracker.track('generate_lead', { ...money, lead_source: 'Trade show' });
  tracker.track('qualify_lead', money);
  tracker.track('working_lead', { ...money, lead_status: 'Started conversations' });
  // What it collects by itself, or of apps.
  tracker.track('view_search_results', { search_term: 'kite' });
  tracker.track('file_download', { file_name: 'guide.pdf', file_extension: 'pdf', link_url: 'https://shop.example/guide.pdf' });
  tracker.track('video_progress', { video_title: 'Kites', video_percent: 25 });
  tracker.track('form_submit', { form_id: 'contact', form_submit_text: 'Send' });
  tracker.track('exception', { description: 'out of stock', fatal: false });
  // @ts-expect-error a type of customer that there is not
  tracker.track('purchase', { ...order, customer_type: 'old' });
  // @ts-expect-error a number
  tracker.track('refund', { ...order, tax: '1.11' });
  // @ts-expect-error a text
  tracker.track('select_item', { ...list, item_list_id: 7 });
  // @ts-expect-error a number
  tracker.track('video_progress', { video_percent: '25' });
  // @ts-expect-error a name that is none
  tracker.track('view_promotions', promotion);
}

/** Without events of its own, a tracker takes every name, and knows the standard ones all the same. */
export function anyEvents(tracker: Tracker): void {
  tracker.track('anything', { at: 'all' });
  tracker.track('anything');
  // @ts-expect-error properties are an object
  tracker.track('anything', 'text');
  // @ts-expect-error a name is text
  tracker.track(7);
}

/** Events declared by an interface work as well as by a type. */
interface InterfaceEvents {
  club_joined: { level: number };
}
export function interfaceEvents(): void {
  const tracker = createTracker<InterfaceEvents>({ collector: '/events' });
  tracker.track('club_joined', { level: 1 });
  tracker.track('view_cart');
  // @ts-expect-error level is a number
  tracker.track('club_joined', { level: 'gold' });
}

export function methods(tracker: Tracker<ShopEvents>, item: Item): void {
  tracker.page();
  tracker.page({ layout: 'wide' });
  tracker.cart.add(item);
  tracker.cart.add([item, item]);
  tracker.cart.remove({ item_id: 'A1' });
  tracker.cart.set([]);
  tracker.cart.clear();
  tracker.checkout();
  tracker.checkout('shipping');
  tracker.purchase({ transaction_id: 'T1', tax: 1, shipping: 2, coupon: 'X', items: [item] });
  tracker.identify('customer-7', { plan: 'gold' });
  tracker.reset();
  tracker.stop();
  // @ts-expect-error cart.set takes the whole list
  tracker.cart.set(item);
  // @ts-expect-error a price is a number
  tracker.cart.add({ item_id: 'A1', price: '12.50' });
  // @ts-expect-error an order has a number
  tracker.purchase({ value: 1 });
  // @ts-expect-error an order number is text
  tracker.purchase({ transaction_id: 1 });
  // @ts-expect-error a user id is text
  tracker.identify(7);
  // @ts-expect-error there is no such method
  tracker.trak('search');

  expectTypeOf(tracker.flush()).resolves.toEqualTypeOf<{ delivered: number; kept: number; refused: number; reasons?: readonly { code: string; message: string }[] }>();
  expectTypeOf(tracker.journey()).toEqualTypeOf<JourneySnapshot>();
  expectTypeOf(tracker.journey().stage).toEqualTypeOf<string | null>();
  expectTypeOf<Order['transaction_id']>().toEqualTypeOf<string>();
}

export function listeners(tracker: Tracker<ShopEvents>): void {
  expectTypeOf(tracker.on('problem', () => {})).toEqualTypeOf<() => void>();
  tracker.on('event', (event) => expectTypeOf(event).toEqualTypeOf<TrackedEvent>());
  tracker.on('problem', (problem) => expectTypeOf(problem).toEqualTypeOf<Problem>());
  tracker.on('delivered', ({ ids }) => expectTypeOf(ids).toEqualTypeOf<string[]>());
  tracker.on('dropped', ({ count }) => expectTypeOf(count).toBeNumber());
  tracker.on('stage', ({ stage, from, move, loop, event }) => {
    expectTypeOf(stage).toBeString();
    expectTypeOf(from).toEqualTypeOf<string | null>();
    expectTypeOf(move).toEqualTypeOf<'enter' | 'forward' | 'skip' | 'back' | 'loop' | 'stay'>();
    expectTypeOf(loop).toBeNumber();
    expectTypeOf(event).toBeString();
  });
  // @ts-expect-error there is no such type
  tracker.on('stages', () => {});
}

export function options(): void {
  const plugin: Plugin = ({ tracker }) => tracker.track('own_plugin');
  const format: Format = { ...formats.waymarkFormat, type: 'application/json' };
  expectTypeOf(createTracker<ShopEvents>({ collector: '/events' })).toEqualTypeOf<Tracker<ShopEvents>>();
  createTracker({ collector: '/events', key: 'brand', currency: 'EUR', sessionMinutes: 20, batchEvents: 10, batchWaitMs: 500, plugins: [plugin], format });
  createTracker({ collector: '/events', format: formats.segment({ writeKey: 'key', vendor: 'jitsu' }) });
  createTracker({ collector: '/events', format: formats.custom({ encode: (events) => events.map(({ name }) => name).join('\n') }) });
  // @ts-expect-error a key is needed
  formats.posthog({});
  // @ts-expect-error there is no such option
  formats.otlp({ service: 'shop' });
  // @ts-expect-error a body is a text
  formats.custom({ encode: (events) => events });
  const own = journey.defineModel({
    name: 'boats',
    stages: [{ name: 'look', label: 'Look', meaning: 'Looks.' }, { name: 'book', label: 'Book', meaning: 'Books.' }],
    start: 'look',
    goal: 'book',
    loopOn: ['look'],
    rules: [['book', 'boat_booked']],
  });
  createTracker({ collector: '/events', models: [journey.journeyModel, 'aida', own], goals: ['sign_up'], dormantDays: 30, stageAttribute: true, frustration: true });
  createTracker({ collector: '/events', pageStages: { '/blog/*': 'awareness' }, pageViews: false, internalHosts: ['pay.example'] });
  const boats = { name: 'boats', stages: [{ name: 'look', label: 'Look', meaning: 'Looks.' }, { name: 'book', label: 'Book', meaning: 'Books.' }], loopOn: [] } as const;
  // @ts-expect-error no stage of that name
  journey.defineModel({ ...boats, start: 'look', goal: 'buy', rules: [['book', 'boat_booked']] });
  // @ts-expect-error nor here
  journey.defineModel({ ...boats, start: 'look', goal: 'book', rules: [['buy', 'boat_booked']] });
  // @ts-expect-error a default is needed
  journey.defineModel({ ...boats, goal: 'book', rules: [['book', 'boat_booked']] });
  // @ts-expect-error a model is defined, not written down
  createTracker({ collector: '/events', models: [{ name: 'boats', stages: [], start: 'look', goal: 'book', loopOn: [], rules: [['book', 'boat_booked']] }] });
  // What comes from a configuration may be missing.
  createTracker({ collector: '/events', currency: undefined, key: undefined } satisfies Options);
  // @ts-expect-error the collector is required
  createTracker({});
  // @ts-expect-error a slip of the pen
  createTracker({ collector: '/events', curency: 'EUR' });
  // @ts-expect-error milliseconds are a number
  createTracker({ collector: '/events', batchWaitMs: '500' });
  // @ts-expect-error options are required
  createTracker();
}

/** The core's tracker has what the plugins give it, and nothing else. */
export function coreTracker(): void {
  const plain = core.createTracker<ShopEvents>({ collector: '/events' });
  plain.track('wishlist_shared', { item_id: 'A1', channel: 'link' });
  // @ts-expect-error channel is missing
  plain.track('wishlist_shared', { item_id: 'A1' });
  // @ts-expect-error the core knows no cart
  plain.cart.clear();
  // @ts-expect-error nor pages
  plain.page();
  // @ts-expect-error nor its currency
  core.createTracker({ collector: '/events', currency: 'EUR' });

  const shop = core.createTracker<ShopEvents, capture.PageMethods & capture.CommerceMethods>({
    collector: '/events',
    plugins: [capture.pages(), capture.pageViews(), capture.landings(), capture.clicks(), capture.commerce({ currency: 'EUR' }), journey.stages()],
  });
  shop.page();
  shop.cart.add({ item_id: 'A1' });
  expectTypeOf(shop).toExtend<core.CoreTracker<ShopEvents>>();
}

/** What a server does with events: pure functions, typed. */
export function onServer(event: TrackedEvent): void {
  const walk = journey.createJourney();
  const step = walk.record(event);
  expectTypeOf(step.move).toEqualTypeOf<journey.Move>();
  expectTypeOf(capture.classifyLanding({ url: 'https://shop.example/' }).channel).toEqualTypeOf<capture.Channel>();
  journey.createJourney({ models: ['aida'] }, walk.state);
  expectTypeOf(walk.touchpoints[0]!.share).toEqualTypeOf<{ token: string; depth: number } | undefined>();
  expectTypeOf(journey.linear(step.path ?? [])).toEqualTypeOf<number[]>();
}
