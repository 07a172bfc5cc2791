import { expect, test } from 'vitest';
import type { DataExport } from '../../src/privacy/export.js';
import { openSite, openTab } from '../helpers/site.js';
import { loaded, until } from '../helpers/shop.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** Every value in the browser's database, by its key. */
const STORED = `new Promise((resolve) => (indexedDB.open('waymark-main').onsuccess = ({ target: { result: db } }) => {
  const events = db.transaction('events').objectStore('events');
  const keys = events.getAllKeys();
  events.getAll().onsuccess = ({ target }) => (db.close(), resolve(Object.fromEntries(target.result.map((value, index) => [keys.result[index], value]))));
}))`;

test('a visitor gets everything that is kept of them, and nothing is left out', async () => {
  // No answer comes in the time of this test: what is tracked waits.
  const site = await openSite({ answerMs: 60_000 });
  const page = await openTab(browser);
  await page.goto(`${site.url}/kites?utm_source=instagram`);
  await loaded(page);
  await page.evaluate("waymark.identify('customer 7'); waymark.cart.add({ item_id: 'kite', price: 20 }); localStorage.setItem('waymark-main:1', '{}'); localStorage.setItem('mine', 'x')");
  // What is there before is in it; more may come in between.
  await until('the stored event', async () => Object.values((await page.evaluate(STORED)) as object).some(({ event }: { event?: string }) => event?.includes('add_to_cart')));
  const stored = (await page.evaluate(STORED)) as Record<string, { id: string; event: string }>;
  const told = (await page.evaluate('waymark.exportData()')) as DataExport;
  expect(told.database).toBe('waymark-main');
  expect(told.visitor).toMatchObject({ userId: 'customer 7', cart: { items: [{ item_id: 'kite' }] } });
  const { profile: visitor, turn, ...rows } = stored;
  expect((told.visitor as { id: string }).id).toBe(visitor!.id);
  expect(Object.keys(told.others)).toEqual(turn ? expect.arrayContaining(['turn']) : expect.any(Array));
  expect(told.events.map((event) => (event as { id: string }).id)).toEqual(expect.arrayContaining(Object.keys(rows)));
  expect(told.events).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'add_to_cart', visitor: { id: visitor!.id, user_id: 'customer 7' } })]));
  expect(told.localStorage).toEqual({ 'waymark-main:1': '{}' });
});

test('there is nothing to give where nothing is kept, and asking keeps nothing', async () => {
  const site = await openSite({ attributes: 'data-consent="denied"' });
  const page = await openTab(browser);
  await page.goto(site.url);
  await loaded(page);
  expect(await page.evaluate('waymark.exportData()')).toEqual({ database: 'waymark-main', visitor: null, events: [], others: {}, localStorage: {}, sessionStorage: {} });
  expect(await page.evaluate('indexedDB.databases()')).toEqual([]);
});
