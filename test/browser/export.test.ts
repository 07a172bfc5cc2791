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
  await page.evaluate(
    "waymark.identify('customer 7'); waymark.cart.add({ item_id: 'kite', price: 20 }); localStorage.setItem('mine', 'x')",
  );
  // What is there before is in it; more may come in between.
  await until('the stored event', async () => JSON.stringify(await page.evaluate(STORED)).includes('add_to_cart'));
  const stored = (await page.evaluate(STORED)) as Record<string, { id: string }[]> & { visitor: { id: string } };
  // What does that has to be loaded first: a look at the store in between would take over what other pages have left.
  await page.evaluate('waymark.exportData().then(() => true)');
  const told = (await page.evaluate(
    "(localStorage.setItem('waymark-main:1', '{}'), waymark.exportData())",
  )) as DataExport;
  expect(told.database).toBe('waymark-main');
  expect(told.visitor).toMatchObject({
    state: { identity: { userId: 'customer 7' }, commerce: { cart: { items: [{ item_id: 'kite' }] } } },
  });
  const { visitor, ...others } = stored;
  expect((told.visitor as { id: string }).id).toBe(visitor.id);
  const rows = Object.entries(others).filter(([key]) => /^[\da-f]/.test(key));
  const rest = Object.keys(others).filter((key) => /^[^\da-f?]/.test(key));
  expect(rest).toContain('health');
  // Which tab sends may have been written since.
  expect(Object.keys(told.others)).toEqual(expect.arrayContaining(rest.filter((key) => key !== 'lease')));
  expect(told.events.map((event) => (event as { id: string }).id)).toEqual(
    expect.arrayContaining(rows.flatMap(([, row]) => row.map(({ id }) => id))),
  );
  expect(told.events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'add_to_cart', visitor: { id: visitor.id, user_id: 'customer 7' } }),
    ]),
  );
  expect(told.localStorage).toEqual({ 'waymark-main:1': '{}' });
});

test('there is nothing to give where nothing is kept, and asking keeps nothing', async () => {
  const site = await openSite({ attributes: 'data-consent="denied"' });
  const page = await openTab(browser);
  await page.goto(site.url);
  await loaded(page);
  expect(await page.evaluate('waymark.exportData()')).toEqual({
    database: 'waymark-main',
    visitor: null,
    events: [],
    others: {},
    localStorage: {},
    sessionStorage: {},
  });
  expect(await page.evaluate('indexedDB.databases()')).toEqual([]);
});
