import type { Page } from 'playwright';
import type { RealBrowser } from '../../helpers/browser.js';
import { openPage } from './chromium.js';
import { sleep } from './figures.js';
import { unavailable, type BenchSite, type BenchWindow } from './site.js';

/** Rows written in one transaction. Our choice: a page of 1.5 MB at most between the bench and the browser's storage. */
const CHUNK = 2000;

/** Database and store of the tracker with the default key. */
const STORE = { database: 'waymark-main', store: 'events' };

/** Returns how many events wait in the store: their keys begin with a digit or a letter of hex. */
export function storedEvents(page: Page): Promise<number> {
  return page.evaluate(
    ({ database, store }) =>
      new Promise<number>((resolve, reject) => {
        const open = indexedDB.open(database);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          if (!open.result.objectStoreNames.contains(store)) return resolve(0);
          const keys = open.result.transaction(store).objectStore(store).getAllKeys();
          keys.onsuccess = () => {
            open.result.close();
            resolve(keys.result.filter((key) => /[0-9a-f]{8}-[0-9a-f]{4}-7/.test(`${key}`)).length);
          };
        };
      }),
    STORE,
  );
}

/**
 * Fills the store with `count` events, on a page without Waymark. The first is one that Waymark itself stored while the collector was down; the
 * others are copies of its row with ids and numbers of their own, so that this works whatever a row looks like.
 */
export async function seedStore(browser: RealBrowser, site: BenchSite, count: number): Promise<void> {
  site.answerBy(unavailable);
  const first = await openPage(browser, site.url);
  await first.evaluate(() => (window as never as BenchWindow).waymark.track('view_item', { item_id: 'SKU-1001', item_name: 'Tea pot, blue', price: 40 } as never));
  await sleep(1000);
  await first.close();
  const page = await browser.newTab();
  await page.goto(`${site.url}/plain`);
  await page.evaluate(
    async ({ database, store, total, chunk }) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open(database);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => resolve(open.result);
      });
      const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
      const [key, row] = await new Promise<[string, unknown]>((resolve, reject) => {
        const cursor = db.transaction(store).objectStore(store).openCursor();
        cursor.onsuccess = () => {
          if (!cursor.result) return reject(new Error('no event is stored'));
          if (!ID.test(`${cursor.result.key}`)) return cursor.result.continue();
          resolve([`${cursor.result.key}`, cursor.result.value]);
        };
      });
      const id = ID.exec(key)![0];
      const text = JSON.stringify(row);
      for (let start = 1; start < total; start += chunk) {
        const transaction = db.transaction(store, 'readwrite');
        const rows = transaction.objectStore(store);
        for (let index = start; index < Math.min(total, start + chunk); index++) {
          // Later in the same minute, as one visitor's next events.
          const milliseconds = (parseInt(id.slice(0, 8) + id.slice(9, 13), 16) + index).toString(16).padStart(12, '0');
          const own = `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${id.slice(15, 24)}${index.toString(16).padStart(12, '0')}`;
          const copy = text.replaceAll(id, own).replace(/(seq\\?":)\d+/, `$1${1000 + index}`);
          rows.put(JSON.parse(copy), key.replace(id, own));
        }
        await new Promise<void>((resolve, reject) => {
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
        });
      }
      db.close();
    },
    { ...STORE, total: count, chunk: CHUNK },
  );
  await page.close();
}
