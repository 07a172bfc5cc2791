import { describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright';
import { newProfile, openBrowser, removeProfile } from '../helpers/browser.js';
import { inPage, until } from '../helpers/shop.js';
import { codesOf, openSite, problemsOf, PROBLEMS, ready, type ArrivedEvent, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** A shop that sells in euro. */
const openShop = (body = '') => openSite({ head: PROBLEMS, attributes: 'data-currency="EUR"', body });
const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/landing|page_view|engagement/.test(name));
const names = (events: ArrivedEvent[]) => own(events).map(({ name }) => name);
/** What each event is about, in short: `add_to_cart 2×A1 1×B2`. */
const lines = (events: ArrivedEvent[]) =>
  own(events).map(({ name, properties }) => {
    const items = (properties.items ?? []) as { item_id: string; quantity: number }[];
    return [name, ...items.map(({ item_id, quantity }) => `${quantity}×${item_id}`)].join(' ');
  });
/** Brings a tab to the front, as a person does who switches to it. */
async function show(page: Page): Promise<void> {
  await page.bringToFront();
  await until('the tab in front', () => page.evaluate(() => document.visibilityState === 'visible'));
}
const cartIds = (events: ArrivedEvent[]) => own(events).map(({ properties }) => properties.cart_id);

describe('the cart', () => {
  test('tracks what was put in and taken out, with currency, value and the id of the cart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, ({ cart }: Waymark) => {
      cart.add({ item_id: 'A1', item_name: 'Kite', price: 19.9, quantity: 3 });
      cart.remove({ item_id: 'A1', price: 19.9, quantity: 1 });
    });
    const [added, removed] = own(await site.flushed(page));
    expect(added).toMatchObject({
      name: 'add_to_cart',
      properties: { currency: 'EUR', value: 59.7, items: [{ item_id: 'A1', item_name: 'Kite', price: 19.9, quantity: 3 }] },
      journey: { stage: 'decision' },
    });
    expect(removed).toMatchObject({ name: 'remove_from_cart', properties: { currency: 'EUR', value: 19.9, items: [{ item_id: 'A1', quantity: 1 }] } });
    expect(added!.properties.cart_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(removed!.properties.cart_id).toBe(added!.properties.cart_id);
    expect(await codesOf(page)).toEqual([]);
  });

  test('survives page loads and a restart of the browser', async () => {
    const site = await openShop();
    const own = newProfile();
    onTestFinished(() => removeProfile(own));
    const first = await openBrowser(own);
    let page = await first.newTab();
    await page.goto(site.url);
    await ready(page);
    await inPage(page, ({ cart }: Waymark) => cart.add({ item_id: 'A1', price: 10 }));
    await page.goto(`${site.url}/next`);
    await ready(page);
    await inPage(page, ({ cart }: Waymark) => cart.add({ item_id: 'B2', price: 5, quantity: 2 }));
    await site.flushed(page);
    await first.close();

    const second = await openBrowser(own);
    page = await second.newTab();
    await page.goto(`${site.url}/cart`);
    await ready(page);
    await inPage(page, (waymark: Waymark) => waymark.checkout());
    const events = await site.flushed(page);
    await second.close();
    expect(lines(events)).toEqual(['add_to_cart 1×A1', 'add_to_cart 2×B2', 'begin_checkout 1×A1 2×B2']);
    expect(events.at(-1)!.properties).toMatchObject({ currency: 'EUR', value: 20 });
    expect(new Set(cartIds(events)).size).toBe(1);
  });

  test('is one cart in all tabs', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, ({ cart }: Waymark) => cart.add({ item_id: 'A1' }));
    const other = await site.visit(browser);
    await inPage(other, ({ cart }: Waymark) => cart.add({ item_id: 'B2' }));
    await site.flushed(other);
    await show(page);
    await inPage(page, (waymark: Waymark) => waymark.checkout());
    expect(lines(await site.flushed(page)).at(-1)).toBe('begin_checkout 1×A1 1×B2');
  });

  test('is one cart in all tabs, also where a tab in the background tracks something', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    const other = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => waymark.track('video_ended'));
    await site.flushed(page);
    await inPage(other, ({ cart }: Waymark) => cart.add({ item_id: 'B2' }));
    await site.flushed(other);
    await show(page);
    await inPage(page, ({ cart }: Waymark) => cart.add({ item_id: 'A1' }));
    await inPage(page, (waymark: Waymark) => waymark.checkout());
    expect(lines(await site.flushed(page)).at(-1)).toBe('begin_checkout 1×B2 1×A1');
  });

  test('tracks only what differs when the shop says what is in it', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, ({ cart }: Waymark) => {
      const [kite, line, bag] = ['kite', 'line', 'bag'].map((item_id) => ({ item_id, price: 10 }));
      cart.set([{ ...kite!, quantity: 2 }, line!]);
      cart.set([{ ...kite!, quantity: 2 }, line!]);
      cart.set([{ ...kite!, quantity: 3 }, line!]);
      cart.set([{ ...kite!, quantity: 1 }, bag!]);
      cart.set([]);
    });
    expect(lines(await site.flushed(page))).toEqual([
      'add_to_cart 2×kite 1×line',
      'add_to_cart 1×kite',
      'remove_from_cart 2×kite 1×line',
      'add_to_cart 1×bag',
      'remove_from_cart 1×kite 1×bag',
    ]);
  });

  test('takes out all of a product where no quantity is said, and nothing that is not there', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', quantity: 3 });
      waymark.cart.remove({ item_id: 'never' });
      waymark.cart.remove({ item_id: 'A1' });
      waymark.cart.remove({ item_id: 'A1' });
      waymark.checkout();
    });
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 3×A1', 'remove_from_cart 3×A1', 'begin_checkout']);
  });

  test('clear() empties it, and the next item opens a new cart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, ({ cart }: Waymark) => {
      cart.add([{ item_id: 'A1' }, { item_id: 'B2', quantity: 2 }]);
      cart.clear();
      cart.clear();
      cart.add({ item_id: 'C3' });
    });
    const events = await site.flushed(page);
    expect(lines(events)).toEqual(['add_to_cart 1×A1 2×B2', 'remove_from_cart 1×A1 2×B2', 'add_to_cart 1×C3']);
    const [first, second, third] = cartIds(events);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('keeps variants of one product apart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', item_variant: 'red' });
      waymark.cart.add({ item_id: 'A1', item_variant: 'blue' });
      waymark.cart.remove({ item_id: 'A1', item_variant: 'red' });
      waymark.checkout();
    });
    const events = await site.flushed(page);
    expect(events.at(-1)!.properties.items).toEqual([expect.objectContaining({ item_variant: 'blue', quantity: 1 })]);
  });

  test('is the same whether it is filled by calls, by track() or by attributes in the page', async () => {
    const site = await openShop(`
      <button id="add" data-waymark-event="add_to_cart" data-waymark-item_id="007" data-waymark-price="12.50" data-waymark-quantity="2"><b>Add</b></button>
      <button id="remove" data-waymark-event="remove_from_cart" data-waymark-item_id="007">Remove</button>`);
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', price: 1 });
      waymark.track('add_to_cart', { items: [{ item_id: 'B2', price: 2 }], coupon: 'SPRING' });
      waymark.track('add_to_cart', { item_id: 'C3', price: 3 });
    });
    await page.click('#add b');
    await inPage(page, (waymark: Waymark) => waymark.checkout());
    await page.click('#remove');
    const events = own(await site.flushed(page));
    expect(lines(events)).toEqual([
      'add_to_cart 1×A1',
      'add_to_cart 1×B2',
      'add_to_cart 1×C3',
      'add_to_cart 2×007',
      'begin_checkout 1×A1 1×B2 1×C3 2×007',
      'remove_from_cart 2×007',
    ]);
    expect(new Set(cartIds(events)).size).toBe(1);
    // What stands beside the list belongs to the event, and one event does not count twice.
    expect(events[1]!.properties).toMatchObject({ coupon: 'SPRING', currency: 'EUR', value: 2 });
    expect(events[4]!.properties.value).toBe(31);
    expect(await codesOf(page)).toEqual([]);
  });

  test('tracks the steps of a checkout in the words of GA4, with the cart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', price: 4 });
      waymark.checkout();
      waymark.checkout('shipping');
      waymark.checkout('payment');
      waymark.checkout('gift_wrap');
    });
    const events = own(await site.flushed(page)).slice(1);
    expect(names(events)).toEqual(['begin_checkout', 'add_shipping_info', 'add_payment_info', 'checkout_progress']);
    for (const { properties } of events) expect(properties).toMatchObject({ currency: 'EUR', value: 4, items: [{ item_id: 'A1' }] });
    expect(events.at(-1)!.properties.checkout_step).toBe('gift_wrap');
  });

  test.each([
    ['an item without id and name', 'invalid_item', { price: 3 }],
    ['an item that is null', 'invalid_item', null],
    ['a negative quantity', 'invalid_quantity', { item_id: 'A1', quantity: -1 }],
    ['a quantity that is no number', 'invalid_quantity', { item_id: 'A1', quantity: 'many' }],
  ])('reports %s and leaves it out', async (_, code, item) => {
    const site = await openShop();
    const page = await site.visit(browser);
    await page.evaluate((given) => {
      const { waymark } = window as never as { waymark: Waymark };
      waymark.cart.add([given as never, { item_id: 'B2' }]);
      waymark.checkout();
    }, item);
    expect(lines(await site.flushed(page))).toEqual(['add_to_cart 1×B2', 'begin_checkout 1×B2']);
    expect(site.named('add_to_cart')[0]!.properties.flags).toEqual(item ? ['no_item'] : undefined);
    expect(await codesOf(page)).toEqual([code]);
  });

  test('survives calls with nonsense', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, ({ cart, checkout, purchase, track }: Waymark) => {
      for (const given of [undefined, null, 7, 'A1', [], [[]], () => 1, Symbol('s'), document.body] as never[]) {
        cart.add(given);
        cart.remove(given);
        cart.set(given);
        purchase(given);
        track('add_to_cart', given);
        if (!/string|symbol/.test(typeof given)) checkout(given);
      }
      cart.add({ item_id: 'A1' });
    });
    const events = await site.flushed(page);
    expect(lines(events).at(-1)).toBe('add_to_cart 1×A1');
    // What is no order has said that there was one.
    const orders = own(events).filter(({ name }) => name === 'purchase');
    expect(orders.map(({ properties }) => properties)).toEqual(orders.map(() => ({ value: 0, items: [], currency: 'EUR', flags: ['no_transaction_id', 'no_items'] })));
    const problems = await problemsOf(page);
    expect(problems.filter(({ code }) => code === 'internal_error')).toEqual([]);
    expect(problems.map(({ code }) => code)).toContain('invalid_transaction_id');
  });
});

describe('a purchase', () => {
  const order = { transaction_id: 'T1', value: 42.5, tax: 7, shipping: 5 };

  test('counts once, however often its page is reloaded', async () => {
    const site = await openSite({
      attributes: 'data-currency="EUR"',
      head: `${PROBLEMS}<script>if (location.pathname === '/thanks') waymark('purchase', ${JSON.stringify(order)})</script>`,
    });
    const page = await site.visit(browser);
    await inPage(page, ({ cart }: Waymark) => cart.add({ item_id: 'A1', price: 30.5 }));
    await page.goto(`${site.url}/thanks`);
    await ready(page);
    await page.reload();
    await ready(page);
    await page.goto(`${site.url}/elsewhere`);
    await ready(page);
    await page.goto(`${site.url}/thanks`);
    const events = await site.flushed(page);
    expect(names(events)).toEqual(['add_to_cart', 'purchase']);
    const [added, purchase] = own(events);
    expect(purchase!.properties).toEqual({ ...order, currency: 'EUR', items: [expect.objectContaining({ item_id: 'A1' })], cart_id: added!.properties.cart_id });
    expect(purchase!.journey).toMatchObject({ stage: 'purchase', furthest: 'purchase' });
    expect(await problemsOf(page)).toEqual([]);
  });

  test('counts once when its page is opened again in another tab, and when one goes back to the first', async () => {
    const site = await openSite({ head: `${PROBLEMS}<script>waymark('purchase', ${JSON.stringify(order)})</script>` });
    const page = await site.visit(browser, '/thanks');
    const other = await site.visit(browser, '/thanks');
    await site.flushed(other);
    await show(page);
    await inPage(page, (waymark: Waymark) => waymark.track('purchase', { transaction_id: 'T1' }));
    expect(names(await site.flushed(page))).toEqual(['purchase']);
  });

  test('counts once when it comes by a call, by track() and by a click', async () => {
    const site = await openShop('<button data-waymark-event="purchase" data-waymark-transaction_id="T1" data-waymark-value="9.50">Buy</button>');
    const page = await site.visit(browser);
    await page.click('button');
    await inPage(page, (waymark: Waymark) => {
      waymark.purchase({ transaction_id: 'T1' });
      waymark.track('purchase', { transaction_id: 'T1' });
      waymark.purchase({ transaction_id: 'T2' });
      waymark.purchase({ transaction_id: 2 as never });
      waymark.purchase({ transaction_id: '2' });
    });
    const orders = own(await site.flushed(page)).map(({ properties }) => properties.transaction_id);
    expect(orders).toEqual(['T1', 'T2', '2']);
    expect(site.named('purchase')[0]!.properties.value).toBe(9.5);
  });

  test('empties the cart; what comes next is another cart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', price: 3, quantity: 2 });
      waymark.purchase({ transaction_id: 'T1' });
      waymark.cart.add({ item_id: 'B2' });
    });
    const events = own(await site.flushed(page));
    // The items bought leave no remove_from_cart.
    expect(lines(events)).toEqual(['add_to_cart 2×A1', 'purchase 2×A1', 'add_to_cart 1×B2']);
    // Without a value, the items say it.
    expect(events[1]!.properties).toMatchObject({ value: 6, currency: 'EUR' });
    const [first, second, third] = cartIds(events);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('without a transaction_id is told each time, flagged, and reported; the first one buys what is in the cart', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1' });
      waymark.track('purchase', { value: 94.8, currency: 'EUR' } as never);
      waymark.purchase({ transaction_id: 'undefined' });
      waymark.purchase({ transaction_id: {} } as never);
      waymark.checkout();
    });
    const events = own(await site.flushed(page));
    expect(lines(events)).toEqual(['add_to_cart 1×A1', 'purchase 1×A1', 'purchase', 'purchase', 'begin_checkout']);
    expect(events[1]!.properties).toEqual({ value: 94.8, currency: 'EUR', items: [{ item_id: 'A1', quantity: 1 }], cart_id: events[0]!.properties.cart_id, flags: ['no_transaction_id'] });
    expect(await codesOf(page)).toEqual(['invalid_transaction_id', 'invalid_transaction_id', 'invalid_transaction_id']);
  });

  test('of the cart that the page before showed empty has what was in it; and one that another source knows better is told once, with its lines', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1', price: 20, quantity: 2 });
      waymark.cart.set([]);
    });
    // The page that confirms it comes at once.
    await page.goto(`${site.url}/thanks`);
    await page.waitForFunction('!!window.waymark?.share?.call');
    await page.evaluate(`
      dataLayer = window.dataLayer || [];
      waymark.cart.set([]);
      waymark.purchase({ transaction_id: 'T1', value: 45 });
      waymark.cart.set([]);
      dataLayer.push({ event: 'purchase', transaction_id: ' T2 ', value: 9, items: [{ id: 'C3' }] });
      waymark('purchase', { transaction_id: 'T2', value: 10, items: [{ id: 'C3', price: 10 }] });
      waymark.purchase({ transaction_id: 'T3', value: 7 });`);
    // And one whose page is closed right after.
    await page.close();
    await until('the orders', () => site.named('purchase').length > 2);
    const next = await site.visit(browser);
    const events = own(await site.flushed(next));
    expect(lines(events)).toEqual(['add_to_cart 2×A1', 'purchase 2×A1', 'purchase 1×C3', 'purchase']);
    expect(events.map(({ properties }) => [properties.transaction_id, properties.value, properties.flags])).toEqual([
      [undefined, 40, undefined], ['T1', 45, undefined], ['T2', 10, undefined], ['T3', 7, ['no_items']],
    ]);
    expect(events[1]!.properties.cart_id).toBe(events[0]!.properties.cart_id);
    // What nobody buys is told by the next page.
    await inPage(next, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'B2', price: 5 });
      waymark.cart.set([]);
    });
    await next.goto(`${site.url}/next`);
    const removed = await site.arrived('remove_from_cart');
    expect(removed).toMatchObject({ page: { url: `${site.url}/` }, properties: { value: 5, items: [{ item_id: 'B2' }] } });
    await site.flushed(next);
    expect(site.named('remove_from_cart')).toHaveLength(1);
    expect(site.named('cart_abandon')).toEqual([]);
  });

  test.each(['euro', 'eur', 'EURO', '€', 7])('with the currency %s is reported and counted in the currency of the shop', async (currency) => {
    const site = await openShop();
    const page = await site.visit(browser);
    await page.evaluate((given) => {
      (window as never as { waymark: Waymark }).waymark.purchase({ transaction_id: 'T1', value: 5, currency: given as string, items: [{ item_id: 'A1' }] });
    }, currency);
    await site.flushed(page);
    expect(site.named('purchase').map(({ properties }) => properties)).toEqual([
      { transaction_id: 'T1', value: 5, currency: 'EUR', items: [expect.objectContaining({ item_id: 'A1' })] },
    ]);
    const problems = await problemsOf(page);
    expect(problems.map(({ code }) => code)).toEqual(['invalid_currency']);
    expect(problems[0]!.message).toContain(`${currency}`);
  });

  test('in a currency of its own keeps it', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => waymark.purchase({ transaction_id: 'T1', value: 5, currency: 'SEK' }));
    await site.flushed(page);
    expect(site.named('purchase')[0]!.properties.currency).toBe('SEK');
  });

  test('with an item of negative quantity counts without that item, and says so', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) =>
      waymark.purchase({ transaction_id: 'T1', items: [{ item_id: 'A1', price: 2, quantity: -1 }, { item_id: 'B2', price: 3 }] }));
    expect(lines(await site.flushed(page))).toEqual(['purchase 1×B2']);
    expect(site.named('purchase')[0]!.properties.value).toBe(3);
    expect(await codesOf(page)).toEqual(['invalid_quantity']);
  });
});

describe('the visitor', () => {
  test('bears the id of the shop from identify() on, also on the next page and after a restart of the tab', async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      waymark.track('before');
      waymark.identify('customer-7', { plan: 'gold' });
      waymark.track('after');
    });
    await page.goto(`${site.url}/next`);
    await site.flushed(page);
    await page.close();
    const revisit = await site.visit(browser);
    await inPage(revisit, (waymark: Waymark) => waymark.track('later'));
    const events = await site.flushed(revisit);
    const who = (name: string) => events.findLast((event) => event.name === name)!.visitor.user_id;
    expect(who('before')).toBeUndefined();
    expect(['identify', 'after', 'page_view', 'later'].map(who)).toEqual(Array(4).fill('customer-7'));
    expect(events.find(({ name }) => name === 'identify')!.properties).toEqual({ traits: { plan: 'gold' } });
    expect(new Set(events.map(({ visitor }) => visitor.id)).size).toBe(1);
  });

  test.each([[''], [7], [null], [undefined], [{}], ['x'.repeat(257)]])('is not renamed by identify(%j), which is reported', async (userId) => {
    const site = await openShop();
    const page = await site.visit(browser);
    await page.evaluate((given) => (window as never as { waymark: Waymark }).waymark.identify(given as string), userId as string);
    await inPage(page, (waymark: Waymark) => waymark.track('after'));
    const events = await site.flushed(page);
    expect(names(events)).toEqual(['after']);
    expect(events.at(-1)!.visitor).not.toHaveProperty('user_id');
    expect(await codesOf(page)).toEqual(['invalid_user_id']);
  });

  test('is somebody else after reset(): new id, numbers from 1, an empty cart, the first session, a journey from the start', async () => {
    const site = await openShop();
    const page = await site.visit(browser, '/?utm_source=instagram&utm_medium=social');
    await inPage(page, async (waymark: Waymark) => {
      waymark.identify('customer-7');
      waymark.cart.add({ item_id: 'A1' });
      waymark.purchase({ transaction_id: 'T1' });
      waymark.cart.add({ item_id: 'B2' });
      await waymark.flush();
      waymark.reset();
      waymark.track('other_person');
      waymark.checkout();
      // An order number of somebody else, whose order has arrived, is no repetition.
      waymark.purchase({ transaction_id: 'T1', items: [{ item_id: 'C3', price: 2 }] });
    });
    const events = await site.flushed(page);
    const start = events.findIndex(({ name }) => name === 'other_person');
    const [before, after] = [events.slice(0, start), events.slice(start)];
    expect(new Set(after.map(({ visitor }) => visitor.id)).size).toBe(1);
    expect(after[0]!.visitor.id).not.toBe(before[0]!.visitor.id);
    expect(after[0]!.visitor).not.toHaveProperty('user_id');
    expect(after.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(after[0]!.tab).not.toBe(before[0]!.tab);
    expect(after[0]!.session).toMatchObject({ number: 1 });
    expect(after[0]!.session.id).not.toBe(before[0]!.session.id);
    expect(after[0]).not.toHaveProperty('touchpoint');
    expect(after[0]!.journey).toMatchObject({ move: 'enter', from: null, loop: 1 });
    expect(lines(after)).toEqual(['other_person', 'begin_checkout', 'purchase 1×C3']);
    // And stays that person on the next page.
    await page.goto(`${site.url}/next`);
    expect((await site.flushed(page)).at(-1)!.visitor.id).toBe(after[0]!.visitor.id);
  });

  test('has another id where another shop runs Waymark', async () => {
    const [one, other] = [await openShop(), await openShop()];
    const ids = [];
    for (const site of [one, other]) ids.push((await site.flushed(await site.visit(browser)))[0]!.visitor.id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('the journey', () => {
  test('journey() tells stage, loop, furthest stage and arrivals', async () => {
    const site = await openShop();
    const page = await site.visit(browser, '/?utm_source=instagram&utm_medium=social&utm_campaign=kites');
    expect(await inPage(page, (waymark: Waymark) => waymark.journey())).toMatchObject({ stage: 'awareness', loop: 1, furthest: 'awareness' });
    await inPage(page, (waymark: Waymark) => {
      waymark.cart.add({ item_id: 'A1' });
      waymark.track('view_item', { items: [{ item_id: 'B2' }] });
    });
    await site.flushed(page);
    const snapshot = await inPage(page, (waymark: Waymark) => waymark.journey());
    const touchpoint = { channel: 'organic_social', network: 'instagram', by: 'utm', campaign: { source: 'instagram', medium: 'social', name: 'kites' }, stage: 'awareness' };
    expect(snapshot).toMatchObject({ stage: 'consideration', loop: 1, furthest: 'decision', customer: false, bought: false, touchpoints: [touchpoint] });
    // The next page knows it as well.
    await page.goto(`${site.url}/next`);
    await ready(page);
    expect(await inPage(page, (waymark: Waymark) => waymark.journey())).toEqual(snapshot);
  });

  test('journey() gives a copy: changing it changes no event', async () => {
    const site = await openShop();
    const page = await site.visit(browser, '/?utm_source=instagram&utm_medium=social');
    await inPage(page, (waymark: Waymark) => {
      const snapshot = waymark.journey() as unknown as { stage: string; touchpoints: unknown[] };
      snapshot.stage = 'advocacy';
      snapshot.touchpoints.length = 0;
      waymark.track('after');
    });
    const events = await site.flushed(page);
    expect(events.at(-1)).toMatchObject({ journey: { stage: 'awareness' }, touchpoint: { network: 'instagram' } });
    expect(await inPage(page, (waymark: Waymark) => waymark.journey().touchpoints)).toHaveLength(1);
  });

  test("on('stage') tells each move: from where, to where, by which event", async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    await inPage(page, (waymark: Waymark) => {
      const moves = ((window as never as { moves: string[] }).moves = [] as string[]);
      waymark.on('stage', ({ event, from, stage, move, loop }) => moves.push(`${event}: ${from} → ${stage}, ${move}, loop ${loop}`));
      waymark.track('search', { search_term: 'kite' });
      waymark.track('search', { search_term: 'kites' });
      waymark.cart.add({ item_id: 'A1' });
      waymark.purchase({ transaction_id: 'T1' });
      waymark.track('club_joined', {}, { stage: 'advocacy' });
      waymark.track('view_item', {});
    });
    const moves = await until('six moves', async () => {
      const seen = (await page.evaluate('moves')) as string[];
      return seen.length >= 5 && seen;
    });
    expect(moves).toEqual([
      'search: awareness → consideration, forward, loop 1',
      'add_to_cart: consideration → decision, forward, loop 1',
      'purchase: decision → purchase, forward, loop 1',
      'club_joined: purchase → advocacy, skip, loop 1',
      'view_item: advocacy → consideration, loop, loop 2',
    ]);
  });

  test("on('event') and on('delivered') tell what was tracked and what the collector has", async () => {
    const site = await openShop();
    const page = await site.visit(browser);
    const { tracked, delivered } = await inPage(page, async (waymark: Waymark) => {
      const tracked: { id: string; name: string }[] = [];
      const delivered: string[] = [];
      waymark.on('event', (event) => tracked.push(event));
      waymark.on('delivered', ({ ids }) => delivered.push(...ids));
      waymark.track('one', { number: 1 });
      waymark.track('two');
      await waymark.flush();
      return { tracked, delivered };
    });
    expect(delivered).toEqual(tracked.map(({ id }) => id));
    // What a listener gets is what the collector gets.
    const arrived = site.events().filter(({ id }) => delivered.includes(id)).map(({ context: _, ...event }: ArrivedEvent & { context?: number }) => event);
    expect(JSON.parse(JSON.stringify(tracked))).toEqual(arrived);
  });
});
