import { describe, expect, test } from 'vitest';
import { createJourney, schemeModel, type JourneyEvent, type JourneyState, type Step } from '../../src/journey/index.js';

const DAY = 24 * 3_600_000;
const NOON = Date.UTC(2026, 2, 1, 12);

/** What happens, in the words of the story; the event, with the days since the story began; its stage and move in the story's model. */
type Chapter = [happening: string, event: JourneyEvent & { day?: number }, told: string];

/** An arrival of this channel. */
const from = (channel: string, properties: Record<string, unknown> = {}): JourneyEvent => ({
  name: /social|influencer|shared/.test(channel) ? 'social_landing' : 'landing',
  properties: { channel, network: null, paid: /^paid|display/.test(channel), by: 'utm', ...properties },
});
const on = (day: number, event: JourneyEvent | string): JourneyEvent & { day: number } => ({ ...(typeof event === 'string' ? { name: event } : event), day });
const withCart = (event: JourneyEvent | string): JourneyEvent => ({ ...(typeof event === 'string' ? { name: event } : event), cart: true });
const just = (name: string, properties?: Record<string, unknown>): JourneyEvent => ({ name, ...(properties ? { properties } : {}) });

/** Walks a story in a model and returns its steps. */
function tell(model: string, chapters: Chapter[], state?: JourneyState): { steps: Step[]; state: JourneyState } {
  const journey = createJourney({ models: [model.includes('/') ? schemeModel(model) : model] }, state);
  let day = 0;
  const steps = chapters.map(([, event], minute) => {
    day = event.day ?? day;
    return journey.record({ ...event, time: NOON + day * DAY + minute * 60_000 });
  });
  return { steps, state: journey.state };
}

/** One test for each chapter, whose name tells the event and where it stands; and all of the story's stages. */
function story(title: string, model: string, chapters: Chapter[]): void {
  describe(`${title} (${model})`, () => {
    const { steps } = tell(model, chapters);
    test.each(chapters.map(([happening, { name, properties }, told], index) => [happening, name, `${properties?.channel ?? ''}`, told, index] as const))(
      '%s: %s %s → %s',
      (_happening, _name, _channel, told, index) => {
        const { stage, move } = steps[index]!;
        expect(`${stage} ${move}`).toBe(told);
      },
    );
  });
}

story('Four stages with social media in each', 'awareness/consideration/decision/purchase', [
  ['an influencer’s post shows the shop', from('influencer', { network: 'instagram' }), 'awareness enter'],
  ['looks at what there is', just('view_item_list'), 'consideration forward'],
  ['reads reviews', just('review_view'), 'consideration stay'],
  ['watches a video of one', just('video_start'), 'consideration stay'],
  ['comes back by a post of the shop', on(2, from('organic_social', { network: 'tiktok' })), 'consideration stay'],
  ['puts it into the cart', just('add_to_cart'), 'decision forward'],
  ['reads testimonials, the cart filled', withCart('review_view'), 'decision stay'],
  ['takes up a limited offer', withCart('select_promotion'), 'decision stay'],
  ['goes to the checkout', withCart('begin_checkout'), 'decision stay'],
  ['is reassured: safe payment, free return', withCart('guarantee_view'), 'decision stay'],
  ['looks at another one, and leaves', withCart('view_item'), 'consideration back'],
  ['a reminder of the unfinished purchase brings the person back', on(3, withCart(from('email'))), 'decision forward'],
  ['buys', just('purchase', { transaction_id: 'T1' }), 'purchase forward'],
  ['afterwards gives a review', on(10, just('review_submit', { rating: 5 })), 'purchase stay'],
]);

story('Four stages with social media in each, all six told', 'journey', [
  ['an influencer’s post shows the shop', from('influencer', { network: 'instagram' }), 'awareness enter'],
  ['reads reviews', just('review_view'), 'consideration forward'],
  ['puts it into the cart', just('add_to_cart'), 'decision forward'],
  ['leaves, and looks at another one the next day', on(1, withCart('view_item')), 'consideration back'],
  ['a reminder of the unfinished purchase brings the person back', on(3, withCart(from('email'))), 'decision forward'],
  ['an ad shown to those who left a cart would have, too', withCart(from('paid_social')), 'decision stay'],
  ['buys', just('purchase', { transaction_id: 'T1' }), 'purchase forward'],
  ['looks where the parcel is', on(5, just('order_status_view')), 'retention forward'],
  ['gives a review', on(10, just('review_submit', { rating: 5 })), 'advocacy forward'],
]);

story('AIDA', 'aida', [
  ['an ad is seen', from('paid_social', { network: 'instagram' }), 'attention enter'],
  ['pictures of a kind of product are compared', just('view_item_list'), 'interest forward'],
  ['… and searched for', just('search', { search_term: 'kite' }), 'interest stay'],
  ['… side by side', just('compare_items'), 'interest stay'],
  ['one provider is looked at closely', just('view_item'), 'desire forward'],
  ['ratings are read', just('review_view'), 'desire stay'],
  ['it goes into the cart', just('add_to_cart'), 'desire stay'],
  ['registers in the shop', just('sign_up'), 'action forward'],
  ['buys in the shop', just('purchase', { transaction_id: 'T1' }), 'action stay'],
]);

story('The sales funnel', 'funnel', [
  ['enters', from('organic_search'), 'visit enter'],
  ['looks around', just('view_item_list'), 'visit stay'],
  ['looks at a product', just('view_item'), 'product_view forward'],
  ['reads about it', just('review_view'), 'product_view stay'],
  ['puts it into the cart', just('add_to_cart'), 'cart forward'],
  ['goes to the checkout', just('begin_checkout'), 'checkout forward'],
  ['says how to pay', just('add_payment_info'), 'checkout stay'],
  ['buys', just('purchase', { transaction_id: 'T1' }), 'purchase forward'],
  ['looks at another product another day', on(9, just('view_item')), 'product_view loop'],
]);

test('The sales funnel: many enter, fewer remain at each step, and where each one left is known', () => {
  const steps = ['landing', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'];
  const stages = ['visit', 'product_view', 'cart', 'checkout', 'purchase'];
  const people = [1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5].map((length) => {
    const journey = createJourney({ models: ['funnel'] });
    for (const name of steps.slice(0, length)) journey.record({ name, time: NOON, properties: { channel: 'direct' } });
    return journey.state.progress.funnel!.furthest!;
  });
  const reached = stages.map((_, place) => people.filter((furthest) => stages.indexOf(furthest) >= place).length);
  const left = stages.map((stage) => people.filter((furthest) => furthest === stage).length);
  expect(reached).toEqual([12, 7, 4, 2, 1]);
  expect(left).toEqual([5, 3, 2, 1, 1]);
});

story('McKinsey’s consumer decision journey', 'mckinsey', [
  ['an ad puts the brand into the initial set', from('display'), 'initial_consideration enter'],
  ['evaluates actively: searches', just('search', { search_term: 'kite' }), 'active_evaluation forward'],
  ['a brand is added', just('view_item', { items: [{ item_id: 'A', item_brand: 'Gannet' }] }), 'active_evaluation stay'],
  ['another brand is added', just('view_item', { items: [{ item_id: 'B', item_brand: 'Puffin' }] }), 'active_evaluation stay'],
  ['compares them', just('compare_items'), 'active_evaluation stay'],
  ['decides for one', just('add_to_cart'), 'active_evaluation stay'],
  ['the moment of purchase: checkout', just('begin_checkout'), 'moment_of_purchase forward'],
  ['the moment of purchase: order', just('purchase', { transaction_id: 'T1' }), 'moment_of_purchase stay'],
  ['experiences it: where is the parcel', on(2, just('order_status_view')), 'postpurchase_experience forward'],
  ['experiences it: asks for help', on(5, just('support_contact')), 'postpurchase_experience stay'],
  ['experiences it: says how it is', on(9, just('review_submit', { rating: 5 })), 'postpurchase_experience stay'],
  ['comes back', on(60, from('email')), 'postpurchase_experience stay'],
  ['the loyalty loop: straight into the cart, no evaluation', just('add_to_cart'), 'loyalty_loop loop'],
  ['and the next moment of purchase', just('purchase', { transaction_id: 'T2' }), 'moment_of_purchase back'],
  ['but whoever compares again leaves the loyalty loop', on(80, just('view_item')), 'active_evaluation loop'],
]);

const ANNA: Chapter[] = [
  ['the stimulus: an ad', from('paid_social', { network: 'tiktok' }), 'stimulus enter'],
  ['zero: researches', just('search', { search_term: 'kite' }), 'zero forward'],
  ['zero: hears what others say', just('review_view'), 'zero stay'],
  ['first: stands before the shelf and decides', just('add_to_cart'), 'first forward'],
  ['first: buys', just('purchase', { transaction_id: 'T1' }), 'first stay'],
  ['second: has it, and looks up how to fly it', on(6, just('account_view')), 'second forward'],
  ['third: judges it in public', on(8, just('review_submit', { rating: 5 })), 'third forward'],
  ['ultimate: shares the experience', just('share', { method: 'whatsapp', share: { token: 'a1b2c3d4e5f6', depth: 1 } }), 'ultimate forward'],
];
story('Moments of truth: one person', 'moments', ANNA);
story('Moments of truth: her ultimate moment is the next one’s zero moment', 'moments', [
  ['a friend’s shared link', from('shared_link', { by: 'token', network: 'whatsapp', share: { token: 'a1b2c3d4e5f6', depth: 1 } }), 'zero enter'],
  ['first: buys', just('purchase', { transaction_id: 'T2' }), 'first forward'],
]);

test('Moments of truth: the shared link tells whose it was, up to the order', () => {
  const bought = tell('moments', [
    ['a friend’s shared link', from('shared_link', { by: 'token', share: { token: 'a1b2c3d4e5f6', depth: 1 } }), ''],
    ['buys', just('purchase'), ''],
  ]).steps[1]!;
  expect(bought.path).toMatchObject([{ channel: 'shared_link', share: { token: 'a1b2c3d4e5f6', depth: 1 } }]);
});

story('Awareness, consideration, purchase, post-purchase', 'awareness/consideration/purchase/post-purchase', [
  ['finds the shop', from('organic_social', { network: 'pinterest' }), 'awareness enter'],
  ['looks at a product', just('view_item'), 'consideration forward'],
  ['puts it into the cart', just('add_to_cart'), 'consideration stay'],
  ['buys', just('purchase', { transaction_id: 'T1' }), 'purchase forward'],
  ['a shipping update brings the person back', on(1, from('email')), 'post-purchase forward'],
  ['tracks the order', just('order_status_view'), 'post-purchase stay'],
  ['asks the customer service', on(4, just('support_contact')), 'post-purchase stay'],
  ['joins the loyalty programme', on(6, just('loyalty_join')), 'post-purchase stay'],
  ['refers a friend', on(7, just('refer_friend')), 'post-purchase stay'],
  ['writes a review', on(8, just('review_submit', { rating: 4 })), 'post-purchase stay'],
  ['orders again', on(30, just('purchase', { transaction_id: 'T2' })), 'post-purchase stay'],
]);

const FOUR = 'awareness/consideration/decision/retention';
story('By channel: search brings awareness', FOUR, [['a search', from('organic_search'), 'awareness enter']]);
story('By channel: social media brings awareness', FOUR, [['a post', from('organic_social'), 'awareness enter']]);
story('By channel: content brings awareness', FOUR, [['an article of the shop, by a referral', from('referral'), 'awareness enter'], ['reads it', { name: 'page_view', stage: 'awareness' }, 'awareness stay']]);
story('By channel: e-mail keeps up the consideration', FOUR, [['a newsletter', from('email'), 'consideration enter']]);
story('By channel: retargeting keeps up the consideration', FOUR, [
  ['a search', from('organic_search'), 'awareness enter'],
  ['an ad shown to those who were there', on(2, from('display')), 'consideration forward'],
]);
story('By channel: reviews keep up the consideration', FOUR, [['reads reviews', just('review_view'), 'consideration enter']]);
story('By channel: personalisation helps the decision', FOUR, [
  ['looks around', just('view_item_list'), 'consideration enter'],
  ['chooses what was recommended personally', just('select_item', { personalized: true }), 'decision forward'],
]);
story('By channel: an abandoned-cart e-mail helps the decision', FOUR, [
  ['fills a cart', just('add_to_cart'), 'decision enter'],
  ['looks further', withCart('view_item'), 'consideration back'],
  ['is reminded by e-mail', on(1, withCart(from('email'))), 'decision forward'],
]);
story('By channel: support and the loyalty programme are retention', FOUR, [
  ['buys', just('purchase', { transaction_id: 'T1' }), 'decision enter'],
  ['asks for help', on(3, just('support_contact')), 'retention forward'],
  ['joins the loyalty programme', on(4, just('loyalty_join')), 'retention stay'],
]);

story('Not linear', 'journey', [
  ['comes by a trending hashtag', from('organic_social', { network: 'tiktok', campaign: { term: 'kitesummer' } }), 'awareness enter'],
  ['leaves; returns by a friend’s liked post', on(3, from('organic_social', { network: 'instagram' })), 'awareness stay'],
  ['jumps straight to buying', just('purchase', { transaction_id: 'T1' }), 'purchase skip'],
  ['goes back to comparing', on(5, just('compare_items')), 'consideration loop'],
  ['gives feedback, with a feeling: disappointed', just('feedback', { rating: 2, sentiment: 'negative' }), 'consideration stay'],
  ['gives feedback, with a feeling: delighted', on(6, just('feedback', { rating: 5, sentiment: 'positive' })), 'advocacy skip'],
  ['subscribes', just('subscribe'), 'purchase back'],
  ['engages: follows the order', on(8, just('order_status_view')), 'retention forward'],
  ['engages: its account', just('account_view'), 'retention stay'],
  ['advocates', on(12, just('refer_friend')), 'advocacy forward'],
  ['starts again', on(40, just('view_item_list')), 'consideration loop'],
  ['is not seen for a season, and comes by a search', on(140, from('organic_search')), 'awareness loop'],
]);

test('Not linear: the loops are counted, the furthest stage of each is known, and the order carries both arrivals', () => {
  const journey = createJourney();
  const record = (name: string, day: number, properties?: Record<string, unknown>) => journey.record({ name, time: NOON + day * DAY, ...(properties ? { properties } : {}) });
  record('social_landing', 0, { channel: 'organic_social', network: 'tiktok' });
  record('social_landing', 3, { channel: 'organic_social', network: 'instagram' });
  expect(record('purchase', 3).path?.map(({ network }) => network)).toEqual(['tiktok', 'instagram']);
  expect(record('compare_items', 5)).toMatchObject({ loop: 2, furthest: 'consideration' });
  expect(record('refer_friend', 6)).toMatchObject({ loop: 2, furthest: 'advocacy' });
  expect(record('view_item_list', 7)).toMatchObject({ loop: 2, furthest: 'advocacy', move: 'back' });
  expect(record('landing', 140, { channel: 'organic_search' })).toMatchObject({ loop: 3, furthest: 'awareness', move: 'loop' });
});
