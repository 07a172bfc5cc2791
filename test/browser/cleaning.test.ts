import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { inPage } from '../helpers/shop.js';
import { codesOf, openSite, openTab, PROBLEMS, ready, STUB, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** Links lead nowhere, and forms are not sent: the page stays. */
const STAY = `<script>
  for (const type of ['click', 'auxclick']) addEventListener(type, (event) => { if (event.target.closest('a')) event.preventDefault() });
  addEventListener('submit', (event) => event.preventDefault());
</script>`;

/** Returns all that the page's origin keeps: databases and both storages, as one text. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error as Error) }));
    const all: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name!));
      for (const store of database.objectStoreNames) all.push(await answer(database.transaction(store).objectStore(store).getAll()));
      database.close();
    }
    return JSON.stringify(all);
  });

test('cleans whatever of an address, a title, a search or a link goes into an event or into storage', async () => {
  const site = await openSite({
    head: PROBLEMS,
    attributes: 'data-allowed-parameters="variant q" data-denied-properties="Coupon phone" data-bots="keep" data-frustration="true" data-hash-routes="true" data-cart-idle-minutes="0.02" data-session-minutes="0.02"',
    body: `<a id="me" rel="me" href="https://social.example/u/ida%2540mail.example?id=ida&utm_source=%2B49-170-1234567">Me</a>
      <div id="user-ida@mail.example" style="width: 200px; height: 200px">Text</div>
      <script>dataLayer = [{ event: 'search', search_term: 'orders of ida@mail.example' }]</script>${STAY}`,
  });
  const id = '3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f';
  const click = 'EAIaIQobChMI4a2b3c4d5e6f7g8h9i0jK_BwE';
  const query = `variant=${id}&q=ida%40mail.example&other=ida&utm_source=instagram&utm_content=%2B49+170+1234567&utm_term=ida%2540mail.example&fbclid=${click}`;
  const page = await site.visit(browser, `/order/${id};jsessionid=0A1B2C3D?${query}#/reset/4f9a2c?code=ida`, { referer: 'https://mail.example/u/ida@mail.example/reset/4f9a2c' });
  const url = `${site.url}/order/[token];jsessionid=[token]?variant=${id}&q=[email]&utm_source=instagram&utm_content=[phone]&utm_term=[email]#/reset/[token]`;
  await inPage(page, (waymark: Waymark) => {
    document.title = 'Tel. 0170 1234567: ida%40mail.example';
    waymark.track('own', { search_term: 'ida@mail.example 0170 1234567', phone: 'ida', more: [{ PHONE: 'ida', kept: 1 }], telephone: 'kept' });
    waymark.identify('U1', { phone: 'ida', plan: 'gold' });
    waymark.cart.add({ item_id: 'A1', price: 5, coupon: 'ida', ...{ size: 'L' } });
  });
  await page.click('#me');
  const { x, y } = (await page.locator('div').boundingBox())!;
  for (let count = 0; count < 3; count++) await page.mouse.click(x + 5, y + 5);
  const abandon = await site.arrived('cart_abandon');
  await inPage(page, (waymark: Waymark) => waymark.track('later'));
  const events = await site.flushed(page);
  const propertiesOf = (name: string) => events.filter((event) => event.name === name).map(({ properties }) => properties);

  expect(new Set(events.filter((event) => event.page).map((event) => event.page.url))).toEqual(new Set([url]));
  expect(events[0]!.page.referrer).toBe('https://mail.example/u/[email]/reset/[token]');
  expect(events.at(-1)!.page.title).toBe('Tel. [phone]: [email]');
  // On a busy machine, another event begins the session that follows the pause.
  expect(events.filter(({ previous }) => previous).at(-1)!.previous.page).toBe(url);
  expect(abandon.properties).toMatchObject({ last_page: url, items: [{ item_id: 'A1', size: 'L' }] });
  const campaign = { source: 'instagram', content: '[phone]', term: '[email]' };
  expect(propertiesOf('social_landing')).toMatchObject([{ campaign, click_ids: { fbclid: click } }]);
  expect(events.at(-1)!.touchpoint).toMatchObject({ campaign });
  expect(propertiesOf('search')).toEqual([{ search_term: 'orders of [email]' }]);
  expect(propertiesOf('own')).toEqual([{ search_term: '[email] [phone]', more: [{ kept: 1 }], telephone: 'kept' }]);
  expect(propertiesOf('identify')).toEqual([{ traits: { plan: 'gold' } }]);
  expect(propertiesOf('follow')).toEqual([{ network: 'social.example', url: 'https://social.example/u/[email]?utm_source=[phone]' }]);
  expect(propertiesOf('rage_click')).toEqual([{ element: 'div#[email]' }]);
  expect(await codesOf(page)).toEqual([]);
  expect(site.bodies.join()).not.toMatch(/ida|1234567|4f9a2c|0a1b2c3d(?!4e5f)/i);
  expect(await kept(page)).not.toMatch(/ida(@|%|")|1234567|4f9a2c/i);
});

test('reads nothing of what is typed, and no text of any element, whatever a person does', async () => {
  const site = await openSite({
    attributes: 'data-frustration="true"',
    head: `${STUB}<script type="application/ld+json">{ "@context": "https://schema.org", "@type": "Product", "sku": "A1", "name": "Kite", "offers": { "price": "5", "priceCurrency": "EUR" } }</script>`,
    body: `<form class="newsletter"><input type="email" name="email"><button>A secret</button></form>
      <form id="marked" data-waymark-event="wish_sent" data-waymark-item_id="A1"><input id="secret"><textarea id="wish"></textarea><select><option>A secret</option></select><input type="checkbox" value="A secret"><button>A secret</button></form>
      <button id="keep" data-waymark-event="wishlist_add" data-waymark-item_id="A1">A secret</button>
      <section data-waymark-event="review_view" data-waymark-item_id="A1">A secret</section>
      <button id="share" data-waymark-share="copy">A secret</button><p contenteditable id="note">A secret</p>
      <a id="me" rel="me" href="https://social.example/kites">A secret</a> <a id="mail" href="mailto:shop@shop.example">A secret</a>
      <button id="dead">A secret</button>${STAY}`,
  });
  const page = await openTab(browser);
  await page.addInitScript(() => {
    const read: string[] = [];
    Object.assign(window, { read });
    const trap = (owner: object, names: string[]) => {
      for (const name of names) {
        const property = Object.getOwnPropertyDescriptor(owner, name)!;
        const { get, value } = property;
        const note = (element: object) => {
          // The shop's markup of its products is data, and is meant to be read.
          if (!(element instanceof HTMLScriptElement)) read.push(name);
        };
        if (get) property.get = function () { note(this); return get.call(this) as unknown; };
        else property.value = function (...args: unknown[]) { note(this as object); return (value as (...args: unknown[]) => unknown).apply(this, args); };
        Object.defineProperty(owner, name, property);
      }
    };
    for (const owner of [HTMLInputElement, HTMLTextAreaElement]) trap(owner.prototype, ['value', 'defaultValue', 'selectionStart', 'validity', 'validationMessage']);
    trap(HTMLInputElement.prototype, ['valueAsNumber', 'valueAsDate', 'checked', 'files']);
    trap(HTMLSelectElement.prototype, ['value', 'selectedIndex', 'selectedOptions']);
    trap(HTMLOptionElement.prototype, ['value', 'text', 'label']);
    trap(HTMLAnchorElement.prototype, ['text']);
    trap(HTMLElement.prototype, ['innerText', 'outerText']);
    trap(Element.prototype, ['innerHTML', 'outerHTML', 'getHTML']);
    trap(Node.prototype, ['textContent', 'nodeValue']);
    trap(CharacterData.prototype, ['data', 'substringData']);
    trap(Text.prototype, ['wholeText']);
    trap(Selection.prototype, ['toString']);
    trap(Range.prototype, ['toString', 'cloneContents']);
    trap(XMLSerializer.prototype, ['serializeToString']);
    trap(InputEvent.prototype, ['data']);
    const { FormData: Original, setTimeout } = window;
    window.FormData = class extends Original { constructor(...args: ConstructorParameters<typeof Original>) { super(...args); read.push('FormData'); } };
    // The wait for an answer to a click, made a short one.
    window.setTimeout = ((work: () => void, ms?: number, ...rest: unknown[]) => setTimeout(work, ms === 2500 ? 250 : ms, ...rest)) as never;
  });
  await page.goto(site.url);
  await ready(page);
  // First: later it would take the focus or the selection from what was typed into, which is an answer.
  await page.click('#dead');
  await site.arrived('dead_click');
  await page.type('.newsletter [type=email]', 'ida@mail.example');
  await page.type('#wish', 'topsecret');
  await page.selectOption('select', 'A secret');
  await page.click('.newsletter button');
  await page.type('#secret', 'topsecret');
  await page.check('[type=checkbox]');
  await page.click('#marked button');
  await page.type('#note', 'topsecret');
  for (const id of ['keep', 'share', 'me', 'mail']) await page.click(`#${id}`);
  // In one go: between calls, a busy machine takes longer than somebody who is angry.
  await page.click('section', { clickCount: 3 });
  await site.arrived('review_view');
  await page.evaluate(() => history.pushState({}, '', '/next'));
  const names = new Set((await site.flushed(page)).map(({ name }) => name));
  for (const name of ['view_item', 'newsletter_subscribe', 'wish_sent', 'wishlist_add', 'review_view', 'follow', 'contact', 'rage_click', 'dead_click', 'engagement']) expect(names).toContain(name);
  expect(await page.evaluate('read')).toEqual([]);
  expect(site.bodies.join()).not.toMatch(/ida@|secret/i);
  // The traps do catch.
  await page.evaluate(() => [document.querySelector('input')!.value, document.body.textContent, document.querySelector('button')!.innerText]);
  expect(await page.evaluate('read')).toEqual(['value', 'textContent', 'innerText']);
});
