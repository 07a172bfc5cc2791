import { expect, test } from 'vitest';
import { openSite, openTab, ready, type ArrivedEvent } from '../helpers/site.js';
import { useBrowser } from '../helpers/use-browser.js';

const browser = useBrowser();

const own = (events: ArrivedEvent[]) => events.filter(({ name }) => !/^(page_view|landing|web_vitals|engagement)$/.test(name)).map(({ name, properties }) => [name, properties]);
const NEWSLETTER = (id: string, rest = '') => `<form id="${id}" class="newsletter" ${rest}><input type="email" name="email"><input name="action" value="x"><input name="id"><button>Send</button></form>`;
const ACCOUNT = (id: string) => `<form id="${id}"><input type="email"><input type="password" autocomplete="new-password"><button>Join</button></form>`;
const STAY = `<script>addEventListener('submit', (event) => event.preventDefault())</script>`;

test('tells a newsletter and a new account, once for each form, and reads nothing of what is typed', async () => {
  const login = '<form id="login"><input type="email"><input type="password" autocomplete="current-password"><button>Go</button></form>';
  const site = await openSite({ body: NEWSLETTER('news') + ACCOUNT('account') + login + STAY });
  const page = await openTab(browser);
  await page.addInitScript(() => {
    const read: string[] = [];
    Object.assign(window, { read });
    const trap = (owner: object, name: string) => {
      const { get, set } = Object.getOwnPropertyDescriptor(owner, name)!;
      Object.defineProperty(owner, name, { set, get() { read.push(name); return get!.call(this); } });
    };
    for (const owner of [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement]) trap(owner.prototype, 'value');
    for (const name of ['valueAsNumber', 'valueAsDate', 'checked', 'selectionStart', 'validity', 'validationMessage']) trap(HTMLInputElement.prototype, name);
    const { FormData: Original } = window;
    window.FormData = class extends Original { constructor(...args: ConstructorParameters<typeof Original>) { super(...args); read.push('FormData'); } };
    addEventListener('invalid', () => read.push('invalid'), true);
  });
  await page.goto(site.url);
  await ready(page);
  for (const id of ['news', 'account', 'login']) {
    await page.type(`#${id} [type=email]`, 'ida@mail.example');
    if (id !== 'news') await page.type(`#${id} [type=password]`, 'topsecret');
    await page.click(`#${id} button`);
  }
  await page.click('#news button');
  expect(own(await site.flushed(page))).toEqual([['newsletter_subscribe', { method: 'form' }], ['sign_up', { method: 'form' }]]);
  expect(await page.evaluate('read')).toEqual([]);
  expect(site.bodies.join()).not.toMatch(/ida|topsecret/);
});

test('counts only what the browser finds valid, also where the form is not to be validated', async () => {
  const site = await openSite({ body: NEWSLETTER('news', 'novalidate') + STAY });
  const page = await site.visit(browser);
  await page.type('[type=email]', 'no address');
  await page.click('button');
  expect(own(await site.flushed(page))).toEqual([]);
  await page.fill('[type=email]', 'ida@mail.example');
  await page.click('button');
  expect(own(await site.flushed(page))).toEqual([['newsletter_subscribe', { method: 'form' }]]);
});

test('counts a form that the shop stops and sends itself, one in an open shadow root, and one that leaves the page', async () => {
  const site = await openSite({
    body: `<div id="host"></div>${NEWSLETTER('news', 'action="/thanks" data-there')}
      <script>host.attachShadow({ mode: 'open' }).innerHTML = \`${ACCOUNT('account')}\`; host.shadowRoot.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true)</script>`,
  });
  const page = await site.visit(browser);
  await page.fill('#account [type=email]', 'ida@mail.example');
  await page.focus('#account [type=password]');
  await page.keyboard.press('Enter');
  await page.fill('#news [type=email]', 'ida@mail.example');
  await page.click('#news button');
  await page.waitForURL('**/thanks*');
  expect(own(await site.flushed(page)).map(([name]) => name)).toEqual(['sign_up', 'newsletter_subscribe']);
  expect(site.bodies.join()).not.toContain('mail.example');
});

test('goes by what the form says of itself', async () => {
  const site = await openSite({
    body: `${NEWSLETTER('own', 'data-waymark-event="letter_ordered"')}${NEWSLETTER('none', 'data-waymark-form="none"')}
      <form id="named" data-waymark-form="newsletter"><input><button>Send</button></form>${STAY}`,
  });
  const page = await site.visit(browser);
  for (const id of ['own', 'none', 'named']) await page.click(`#${id} button`);
  expect(own(await site.flushed(page))).toEqual([['letter_ordered', {}], ['newsletter_subscribe', { method: 'form' }]]);
});

test('is off with data-forms="false"; what is marked still counts', async () => {
  const site = await openSite({ attributes: 'data-forms="false"', body: `${NEWSLETTER('news')}${NEWSLETTER('own', 'data-waymark-event="letter_ordered"')}${STAY}` });
  const page = await site.visit(browser);
  for (const id of ['news', 'own']) await page.click(`#${id} button`);
  expect(own(await site.flushed(page))).toEqual([['letter_ordered', {}]]);
});
