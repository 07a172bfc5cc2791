import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as capture from '../../src/capture/index.js';
import * as core from '../../src/core.js';
import * as whole from '../../src/index.js';
import * as journey from '../../src/journey/index.js';
import { openHappyPage } from '../helpers/happy-page.js';

const OPTIONS = { collector: '/events', batchWaitMs: 1 };
/** All that `waymark` adds to `waymark/core`, by what the package exports. */
const all = () =>
  [
    core.warnings(),
    core.consentSignals(),
    capture.bots(),
    capture.pages(),
    capture.feelings(),
    capture.landings(),
    capture.commerce({ currency: 'EUR' }),
    core.sessions(),
    core.identity(),
    journey.stages(),
    journey.dropOuts(),
    core.withdrawals(),
    capture.engagement(),
    capture.pageViews(),
    capture.clicks(),
    capture.dataLayer(),
    capture.productMarkup(),
    capture.sharing(),
    capture.submits(),
    capture.attributeSlips(),
    capture.views(),
    capture.outgoing(),
    capture.forms(),
    capture.webVitals(),
    capture.cartWatch(),
    core.dataExport(),
  ] as core.Plugin[];

/** What a person does in a shop, and what the collector has of it. */
async function visit(create: (options: typeof OPTIONS) => whole.Tracker) {
  const page = openHappyPage({
    url: 'https://shop.test/?utm_source=instagram&utm_medium=social',
    html: '<title>Shop</title><button data-waymark-event="add_to_wishlist" data-waymark-item_id="A1">Keep</button>',
  });
  const tracker = create(OPTIONS);
  page.start = () => tracker;
  await page.wait(400);
  tracker.cart.add({ item_id: 'A1', price: 5 });
  tracker.identify('ann');
  page.document.querySelector('button')!.click();
  tracker.feedback({ rating: 5 });
  page.push('/checkout');
  await page.wait(400);
  tracker.checkout();
  tracker.purchase({ transaction_id: 'T1' });
  await page.wait(100);
  await page.leave();
  void tracker.flush();
  await page.wait(100);
  const told = page.events().map(({ name, seq, session, journey: step, properties, visitor, page: where }) => ({
    name,
    seq,
    session: session.number,
    step,
    user: visitor.user_id,
    url: where?.url,
    properties: JSON.parse(
      JSON.stringify(properties)
        .replace(/[\da-f]{8}-[\da-f-]{27}/g, 'an id')
        .replace(/"time":"[^"]+"/g, '"time":"then"'),
    ) as object,
  }));
  tracker.stop();
  return {
    told: JSON.parse(JSON.stringify(told).replace(/"time":"[^"]+"/g, '"time":"then"')) as typeof told,
    methods: Object.keys(tracker).sort(),
  };
}

type Visit = Awaited<ReturnType<typeof visit>>;
/** What came of each: pages of one test share a store. */
const came: Record<string, Visit> = {};

test.each<[what: string, create: Parameters<typeof visit>[0]]>([
  ['waymark', (options) => whole.createTracker({ ...options, currency: 'EUR' })],
  [
    'waymark/core with plugins that everybody can have',
    (options) => core.createTracker({ ...options, plugins: all() }) as unknown as whole.Tracker,
  ],
  [
    'the same plugins in another order',
    (options) =>
      core.createTracker({
        ...options,
        plugins: all()
          .reverse()
          .sort((one) => (one.name === 'pages' ? -1 : 0)),
      }) as unknown as whole.Tracker,
  ],
])('a visit is told by %s', async (what, create) => {
  came[what] = await visit(create);
  expect(came[what].told.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'social_landing',
      'page_view',
      'add_to_cart',
      'add_to_wishlist',
      'identify',
      'feedback',
      'begin_checkout',
      'purchase',
      'engagement',
    ]),
  );
});

test('waymark is waymark/core with these plugins, and in whatever order they are given each sees an event in its turn', () => {
  const [one, parts, other] = Object.values(came) as [Visit, Visit, Visit];
  expect(parts).toEqual(one);
  expect(other.methods).toEqual(one.methods);
  // Sources that begin in another order tell some things in another order.
  const sorted = ({ told }: Visit) => told.map(({ name, properties }) => JSON.stringify([name, properties])).sort();
  expect(sorted(other)).toEqual(sorted(one));
});

describe('a plugin of one\u2019s own', () => {
  const [, code = ''] = /### A plugin of your own[^]*?```ts\n([^]*?)```/.exec(readFileSync('README.md', 'utf8'))!;
  const make = new Function(
    'tryPlugins',
    'deriveDraft',
    `${code
      .replace(/^import .*$/gm, '')
      .replace(/^export /gm, '')
      .replace(/<[^<>]*>\(/g, '(')
      .replace(/: (Plugin<[^=]*>|number|\{[^}]*\})(?= =|\)| \{)/g, '')}; return loyalty;`,
  ) as (
    tryPlugins: typeof core.tryPlugins,
    deriveDraft: typeof core.deriveDraft,
  ) => () => core.Plugin<{ points: number }>;

  test('as README has it does what it says', () => {
    const { track, record } = core.tryPlugins([make(core.tryPlugins, core.deriveDraft)()]);
    expect(track('purchase', { value: 30 }).map(({ name }) => name)).toEqual(['purchase']);
    expect(track('purchase', { value: 80 }).map(({ name, properties }) => [name, properties])).toEqual([
      ['purchase', { value: 80 }],
      ['points_reached', { points: 110 }],
    ]);
    expect(record.state).toEqual({ loyalty: { points: 110 } });
  });
});
