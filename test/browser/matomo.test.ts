import { expect, test } from 'vitest';
import { openScripted } from '../helpers/scripted.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const MODULE = `<script type="importmap">{ "imports": { "idb-keyval": "/idb-keyval.js", "web-vitals": "/web-vitals.js" } }</script>
<script type="module">
import { createTracker } from '/dist/index.js';
import { matomo } from '/dist/formats/index.js';
window.tracker = createTracker({ collector: '/events', currency: 'EUR', bots: 'keep', format: matomo({ siteId: 1 }) });
</script>`;

/** Updates of the cart as its server reads them: what they are worth, and the lines by SKU, price and quantity. */
interface Cart {
  revenue: number;
  lines: [sku: string, price: number, quantity: number][];
}

test('Matomo is told the whole cart with every change, over a reload, by the built package', async () => {
  const site = await openScripted({ tag: MODULE });
  site.answer(() => ({ status: 200, body: { status: 'success', tracked: 1, invalid: 0 } }));
  const page = await site.visit(browser);
  const act = async (what: string): Promise<Cart[]> => {
    const before = site.requests.length;
    await page.evaluate(`(async () => { ${what}; await tracker.flush(); })()`);
    const requests = site.requests.slice(before).flatMap(({ raw }) => (JSON.parse(raw.toString()) as { requests: string[] }).requests);
    return requests
      .map((request) => Object.fromEntries(new URLSearchParams(request)))
      .filter(({ idgoal, ec_id }) => idgoal === '0' && !ec_id)
      .map(({ revenue, ec_items }) => ({ revenue: Number(revenue), lines: (JSON.parse(ec_items!) as [string, string, string, number, number][]).map(([sku, , , price, quantity]) => [sku, price, quantity]) }));
  };
  await page.waitForFunction('window.tracker');

  expect(await act(`tracker.cart.add({ item_id: 'A', item_variant: 'S', price: 10, quantity: 2 })`)).toEqual([{ revenue: 20, lines: [['A', 10, 2]] }]);
  // Its server keeps the last of two lines with one SKU: they are one.
  expect(await act(`tracker.cart.add({ item_id: 'A', item_variant: 'M', price: 16, quantity: 1 })`)).toEqual([{ revenue: 36, lines: [['A', 12, 3]] }]);
  expect(await act(`tracker.cart.add({ item_id: 'B', price: 5 })`)).toEqual([{ revenue: 41, lines: [['A', 12, 3], ['B', 5, 1]] }]);
  await page.reload();
  await page.waitForFunction('window.tracker');
  expect(await act(`tracker.cart.remove({ item_id: 'A', item_variant: 'S' })`)).toEqual([{ revenue: 21, lines: [['A', 16, 1], ['B', 5, 1]] }]);
  // A checkout that names nothing tells of the cart that the tracker knows, and none that is empty.
  for (const cart of await act(`tracker.checkout()`)) expect(cart).toEqual({ revenue: 21, lines: [['A', 16, 1], ['B', 5, 1]] });
  expect((await act(`tracker.cart.clear()`)).at(-1)).toEqual({ revenue: 0, lines: [] });
});
