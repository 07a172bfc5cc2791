import { describe, expect, test } from 'vitest';
import { openSite, type ArrivedEvent } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/^(page_view|landing|web_vitals|engagement)$/.test(name)).map(({ name, properties }) => [name, properties]);
/** Keeps the tab where it is, as a new tab or another program would. */
const STAY = `<script>for (const type of ['click', 'auxclick']) addEventListener(type, (event) => event.preventDefault())</script>`;

describe('a link to a profile on a social network', () => {
  test('is followed by a click, by the middle button and by the keyboard, and its address told without what it hides', async () => {
    const site = await openSite({ body: `<a href="https://www.instagram.com/pair/?igsh=secret&utm_source=shop#x"><b>Instagram</b></a>${STAY}` });
    const page = await site.visit(browser);
    await page.click('b');
    await page.click('b', { button: 'middle' });
    await page.click('b', { button: 'right' });
    await page.focus('a');
    await page.keyboard.press('Enter');
    expect(own(await site.flushed(page))).toEqual(Array(3).fill(['follow', { network: 'instagram', url: 'https://www.instagram.com/pair/?utm_source=shop' }]));
  });

  test('counts in an open shadow root, and with rel="me" wherever it leads; a post, a share and other pages do not', async () => {
    const site = await openSite({
      body: `<div id="host"></div><a id="me" rel="noopener me" href="https://darn.example/@pair">Mastodon</a><a id="some" rel="home" href="https://darn.example/@pair">Other</a>
        <a id="post" href="https://www.instagram.com/p/C1/">Post</a><a id="share" href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a><a id="page" href="/about">About</a>
        <a id="code" href="javascript:void 0" rel="me">Code</a><a id="none">None</a>
        <script>host.attachShadow({ mode: 'open' }).innerHTML = '<a href="https://t.me/pair"><i id="inner">Telegram</i></a>'</script>${STAY}`,
    });
    const page = await site.visit(browser);
    for (const id of ['inner', 'me', 'some', 'post', 'share', 'page', 'code', 'none']) await page.click(`#${id}`);
    expect(own(await site.flushed(page))).toEqual([
      ['follow', { network: 'telegram', url: 'https://t.me/pair' }],
      ['follow', { network: 'darn.example', url: 'https://darn.example/@pair' }],
    ]);
  });
});

test('a link to write or to call is a contact, and tells nothing of the address', async () => {
  const site = await openSite({ body: `<a id="mail" href="mailto:ilse@shop.example?subject=Hi">Write</a><a id="tel" href="TEL:+49123456">Call</a>${STAY}` });
  const page = await site.visit(browser);
  await page.click('#mail');
  await page.click('#tel');
  expect(own(await site.flushed(page))).toEqual([['contact', { method: 'email' }], ['contact', { method: 'phone' }]]);
  expect(site.bodies.join()).not.toMatch(/ilse|49123456/);
});

test('a link that says what a click on it is goes by that', async () => {
  const site = await openSite({
    body: `<div data-waymark-event="card"><a id="mail" href="mailto:a@b.example" data-waymark-event="support_contact" data-waymark-method="email">Write</a>
      <a id="in" href="https://x.com/pair"><b data-waymark-event="star">X</b></a><a id="seen" href="tel:1" data-waymark-event="seen" data-waymark-on="view">Call</a></div>${STAY}`,
  });
  const page = await site.visit(browser);
  await page.click('#mail');
  await page.click('#in b');
  await page.click('#seen');
  const names = own(await site.flushed(page)).map(([name]) => name).filter((name) => name !== 'seen');
  expect(names).toEqual(['support_contact', 'star', 'card', 'contact']);
});

test('is off with data-outgoing="false"', async () => {
  const site = await openSite({ attributes: 'data-outgoing="false"', body: `<a href="mailto:a@b.example">Write</a>${STAY}` });
  const page = await site.visit(browser);
  await page.click('a');
  expect(own(await site.flushed(page))).toEqual([]);
});

test('tells one contact of a click on a label within the link, for which the browser clicks its box, too', async () => {
  const site = await openSite({ body: `<a href="mailto:a@b.example"><label id="label">Write <input type="checkbox"></label></a>` });
  const page = await site.visit(browser);
  await page.click('#label', { position: { x: 3, y: 3 } });
  expect((await site.flushed(page)).filter(({ name }) => name === 'contact')).toHaveLength(1);
});
