import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inPage, loaded } from '../helpers/shop.js';
import { listenTo, openSite, openTab, STUB, type Waymark } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

/** The example's Custom HTML tag, with this site's addresses. */
const TAG = readFileSync('examples/gtm/waymark.html', 'utf8').replace(/https:\S+waymark/, '/waymark').replace(/https:\S+events/, '/events');

/** Runs `code` as Tag Manager runs a tag: after `load`, in a script element made anew, of which it keeps text and address alone. */
const late = (code: string) => `<script>addEventListener('load', () => setTimeout(() => { ${code} }, 50))</script>`;
const asCustomHtml = late(`
  const html = document.createElement('div');
  html.innerHTML = ${JSON.stringify(TAG).replaceAll('</', '<\\/')};
  const script = document.createElement('script');
  script.text = html.querySelector('script').text;
  document.body.appendChild(script);`);
/** As \`injectScript\` of a template does it. */
const asTemplate = (address: string) => late(`const script = document.createElement('script'); script.async = true; script.src = '${address}'; document.head.appendChild(script);`);

describe('loaded by Google Tag Manager', () => {
  test.each([
    ['a Custom HTML tag', asCustomHtml],
    ['a template, with the options in the address', asTemplate('/waymark.min.js?collector=%2Fevents&currency=EUR&v=1&ver=6.4')],
  ])('%s, long after the page: views, events and the second file are there', async (_, tag) => {
    const site = await openSite({ head: `${STUB}<script>waymark('track', 'early')</script>`, tag });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(`${site.url}/?utm_source=tiktok`);
    await loaded(page);
    await inPage(page, (waymark: Waymark) => waymark.track('view_item', { items: [{ item_id: 'A1', price: 3 }] }));
    // Of the second file.
    await inPage(page, (waymark: Waymark) => waymark.share({ network: 'copy' }));
    const events = await site.flushed(page);
    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(['social_landing', 'page_view', 'early', 'view_item']));
    expect(events.map(({ name }) => name)).toContain('share');
    expect(heard).toEqual([]);
    if (tag !== asCustomHtml) expect(events.find(({ name }) => name === 'view_item')!.properties.currency).toBe('EUR');
  });

  test("an address of the page chooses no option, and an attribute comes before the script's address", async () => {
    const site = await openSite({ tag: `<script async src="/waymark.min.js?collector=%2Felsewhere&currency=EUR" data-collector="/events"></script>` });
    const page = await site.visit(browser, '/?collector=%2Felsewhere&currency=USD');
    await inPage(page, (waymark: Waymark) => waymark.track('view_item', { items: [{ item_id: 'A1' }] }));
    const events = await site.flushed(page);
    expect(events.find(({ name }) => name === 'view_item')!.properties.currency).toBe('EUR');
  });

  test('a script without an element of its own takes nothing from the address of the page', async () => {
    const site = await openSite({ tag: `<script type="module" src="/waymark.min.js"></script>` });
    const page = await openTab(browser);
    const heard = listenTo(page);
    await page.goto(`${site.url}/?collector=%2Fevents`);
    await expect.poll(() => heard.join()).toMatch(/type="module" cannot read its attributes/);
    expect(site.bodies).toEqual([]);
  });
});
