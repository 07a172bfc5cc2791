import { expect, test } from 'vitest';
import type { Tracker } from '../../src/index.js';
import { openHappyPage } from '../helpers/happy-page.js';
import type { ArrivedEvent } from '../helpers/site.js';

const ORDER = { transaction_id: 'TEST-1', currency: 'EUR', items: [{ item_id: 'A1', price: 20 }] };
const OTHERS = { ...ORDER, items: [{ item_id: 'B2', price: 5 }] };
/** The orders that arrived: what they are worth, and whose they are. */
const orders = (events: ArrivedEvent[]) => events.filter(({ name }) => name === 'purchase').map(({ properties, visitor }) => `${properties.value as number} of ${visitor.user_id ?? '-'}`).sort();

test.each<[what: string, told: (tracker: Tracker) => void, expected: string[]]>([
  ['at once', (tracker) => (tracker.purchase(ORDER), tracker.reset(), tracker.purchase(OTHERS)), ['20 of anna']],
  ['by track', (tracker) => (tracker.track('purchase', ORDER), tracker.reset(), tracker.track('purchase', OTHERS)), ['20 of anna']],
  ['by a third one, too', (tracker) => (tracker.purchase(ORDER), tracker.reset(), tracker.purchase(OTHERS), tracker.reset(), tracker.purchase(OTHERS)), ['20 of anna']],
  ['where the first waited for its lines', (tracker) => (tracker.purchase({ transaction_id: 'TEST-1', value: 7 }), tracker.reset(), tracker.purchase(OTHERS)), ['7 of anna']],
  ['before it was cancelled', (tracker) => (tracker.purchase(ORDER), tracker.cancel(ORDER), tracker.reset(), tracker.cancel(ORDER), tracker.purchase(OTHERS)), ['20 of anna']],
  ['with a number of its own', (tracker) => (tracker.purchase(ORDER), tracker.reset(), tracker.purchase({ ...OTHERS, transaction_id: 'TEST-2' })), ['20 of anna', '5 of -']],
  ['without a number', (tracker) => (tracker.purchase({ ...ORDER, transaction_id: '' }), tracker.reset(), tracker.purchase({ ...OTHERS, transaction_id: '' })), ['20 of anna', '5 of -']],
])('an order that waits to be sent stays whose it is, where the next person in this browser tells its number: %s', async (_what, told, expected) => {
  const page = openHappyPage();
  const tracker = page.start({ batchWaitMs: 5000 });
  await page.answer();
  tracker.identify('anna');
  told(tracker);
  const events = await page.told();
  expect(orders(events)).toEqual(expected);
  // What was passed over has used up no number.
  for (const id of new Set(events.map(({ visitor }) => visitor.id))) {
    const numbers = events.filter(({ visitor }) => visitor.id === id).map(({ seq }) => seq);
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  }
});

test('an order after forget() is of whoever is there then: nothing of the one before is left', async () => {
  const page = openHappyPage();
  const tracker = page.start({ batchWaitMs: 5000 });
  await page.answer();
  tracker.identify('anna');
  tracker.purchase(ORDER);
  await tracker.forget();
  tracker.consent({ analytics: 'granted' });
  tracker.purchase(OTHERS);
  expect(orders(await page.told())).toEqual(['5 of -']);
});
